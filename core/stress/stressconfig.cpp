// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/stressconfig.h"

#include "stress/fault.h"
#include "stress/strategyregistry.h"
#include "stress/stresstext.h"

#include <algorithm>

namespace lockscope {

namespace {

tl::unexpected<Error> usage(const QString& detail) { return fail(ErrorKind::Usage, detail); }

QString text(const QByteArray& bytes) { return QString::fromUtf8(bytes); }

Status setParameter(FaultSpec& spec, const FaultFacts& facts, const QByteArray& name, const QByteArray& value)
{
    if (name == "at" || name == "for" || name == "every") {
        const Result<Milliseconds> time = parseDuration(value);
        if (!time || time->count() < 0)
            return usage(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "%1: '%2' is no time (250ms, 2s, 1m)"))
                             .arg(text(spec.name), text(value)));
        if (name != "at" && time->count() == 0)
            return usage(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "%1: '%2' may not be 0"))
                             .arg(text(spec.name), text(name)));
        (name == "at" ? spec.at : name == "for" ? spec.length : spec.every) = *time;
        return {};
    }
    const auto known = std::find_if(facts.parameters.begin(), facts.parameters.end(),
        [&](const FaultParameter& parameter) { return name == parameter.name; });
    if (known == facts.parameters.end()) {
        QStringList names { QStringLiteral("at"), QStringLiteral("every") };
        if (!facts.isInstant)
            names.append(QStringLiteral("for"));
        for (const FaultParameter& parameter : facts.parameters)
            names.append(QString::fromLatin1(parameter.name));
        return usage(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "%1 has no parameter '%2'; it has %3"))
                         .arg(text(spec.name), text(name), names.join(QStringLiteral(", "))));
    }
    bool isGood = false;
    if (*known->words != '\0')
        isGood = QByteArray(known->words).split(' ').contains(value);
    else if (known->isDuration)
        isGood = parseDuration(value).has_value();
    else
        isGood = value.toInt(&isGood) >= 0 && isGood;
    if (!isGood)
        return usage(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "%1: '%2' is no value for '%3'"))
                         .arg(text(spec.name), text(value), text(name)));
    spec.parameters.insert(name, value);
    return {};
}

Status checkServers(const StressConfig& config, const Strategy& strategy)
{
    if (config.servers.isEmpty())
        return usage(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "a server is missing")));
    qsizetype nodes = 0;
    for (const ConnectionSpec& server : config.servers) {
        if (server.topology == Topology::Sentinel || server.topology == Topology::Cluster)
            return fail(ErrorKind::NotSupported,
                stressText(QT_TRANSLATE_NOOP("lockscope::Stress",
                    "the lab connects to masters by their own addresses; give redis://HOST:PORT")));
        nodes += server.topology == Topology::Sandbox ? server.sandbox.masters : 1;
    }
    if (nodes > 1 && !strategy.facts().usesQuorum)
        return usage(
            stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "%1 locks on one server; several are for redlock"))
                .arg(text(config.strategy)));
    return {};
}

Status checkNumbers(const StressConfig& config)
{
    const auto between = [](qint64 value, qint64 least, qint64 most) { return value >= least && value <= most; };
    const char* what = nullptr;
    if (!between(config.clients, 1, 100'000))
        what = QT_TRANSLATE_NOOP("lockscope::Stress", "clients: 1 to 100000");
    else if (!between(config.keys, 1, 1'000'000))
        what = QT_TRANSLATE_NOOP("lockscope::Stress", "keys: 1 to 1000000");
    else if (!between(config.ttl.count(), 1, 86'400'000))
        what = QT_TRANSLATE_NOOP("lockscope::Stress", "TTL: 1 ms to one day");
    else if (config.hold.least.count() < 0 || config.hold.most < config.hold.least
        || config.hold.most.count() > 86'400'000)
        what = QT_TRANSLATE_NOOP("lockscope::Stress", "hold: from least to most, 0 to one day");
    else if (config.retry.least.count() < 1 || config.retry.most < config.retry.least
        || config.retry.most.count() > 60'000)
        what = QT_TRANSLATE_NOOP("lockscope::Stress", "retry: from least to most, 1 ms to one minute");
    else if (!between(config.duration.count(), 1, 86'400'000) || config.sections < 0)
        what = QT_TRANSLATE_NOOP("lockscope::Stress", "duration: up to one day");
    else if (!(config.rate >= 0 && config.rate <= 1e6))
        what = QT_TRANSLATE_NOOP("lockscope::Stress", "rate: up to 1000000 sections a second");
    else if (!between(config.connections, 0, 10'000) || !between(config.threads, 0, 64))
        what = QT_TRANSLATE_NOOP("lockscope::Stress", "connections: up to 10000");
    else if (!between(config.readers, 0, 100) || !between(config.permits, 1, 1000))
        what = QT_TRANSLATE_NOOP("lockscope::Stress", "readers: 0 to 100 percent; permits: 1 to 1000");
    return what ? Status(usage(stressText(what))) : Status();
}

} // namespace

bool StressConfig::isSandbox() const
{
    return !servers.isEmpty() && std::all_of(servers.begin(), servers.end(), [](const ConnectionSpec& server) {
        return server.topology == Topology::Sandbox;
    });
}

QByteArray FaultSpec::text() const
{
    const auto time
        = [](Milliseconds value) -> QByteArray { return QByteArray::number(qlonglong(value.count())) + "ms"; };
    QByteArrayList parts { "at=" + time(at) };
    if (length.count() > 0)
        parts.append("for=" + time(length));
    if (every.count() > 0)
        parts.append("every=" + time(every));
    for (auto it = parameters.begin(); it != parameters.end(); ++it)
        parts.append(it.key() + '=' + it.value());
    return name + ':' + parts.join(',');
}

Result<Milliseconds> parseDuration(const QByteArray& value)
{
    static constexpr std::pair<QByteArrayView, double> units[]
        = { { "ms", 1 }, { "s", 1000 }, { "m", 60'000 }, { "", 1 } };
    for (const auto& [unit, factor] : units) {
        if (!value.endsWith(unit))
            continue;
        bool ok = false;
        const double number = value.chopped(unit.size()).toDouble(&ok) * factor;
        if (ok && number > -1e9 && number < 1e9)
            return Milliseconds(qint64(number));
        break;
    }
    return usage(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "'%1' is no time (250ms, 2s, 1m)"))
                     .arg(QString::fromUtf8(value)));
}

Result<FaultSpec> parseFault(const QByteArray& written)
{
    const qsizetype colon = written.indexOf(':');
    FaultSpec spec;
    spec.name = written.left(colon < 0 ? written.size() : colon);
    const Fault* const fault = findFault(spec.name);
    if (!fault) {
        QByteArrayList names;
        for (const auto& known : faults())
            names.append(known->facts().name);
        return usage(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "unknown fault '%1'; known: %2"))
                         .arg(text(spec.name), text(names.join(", "))));
    }
    if (colon < 0)
        return spec;
    const QByteArrayList parts = written.mid(colon + 1).split(',');
    for (const QByteArray& part : parts) {
        const qsizetype equals = part.indexOf('=');
        if (equals <= 0)
            return usage(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "%1: '%2' should be NAME=VALUE"))
                             .arg(text(spec.name), text(part)));
        if (const Status set = setParameter(spec, fault->facts(), part.left(equals), part.mid(equals + 1)); !set)
            return fail(set.error());
    }
    return spec;
}

Status checkFault(const StressConfig& config, const FaultSpec& spec)
{
    const Fault* const fault = findFault(spec.name);
    if (!fault)
        return usage(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "unknown fault '%1'")).arg(text(spec.name)));
    if (fault->facts().needsSandbox && !config.isSandbox())
        return fail(ErrorKind::Usage,
            stressText(QT_TRANSLATE_NOOP("lockscope::Stress",
                           "%1 touches the server: only a sandbox is let in for it (--uri sandbox:)"))
                .arg(text(spec.name)));
    int nodes = 0;
    for (const ConnectionSpec& server : config.servers)
        nodes += server.topology == Topology::Sandbox ? server.sandbox.masters : 1;
    if (spec.parameters.value("node", "0").toInt() >= nodes)
        return usage(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "%1: there are %2 servers, the first is node=0"))
                         .arg(text(spec.name))
                         .arg(nodes));
    return {};
}

Status checkConfig(const StressConfig& config)
{
    const Strategy* const strategy = findStrategy(config.strategy);
    if (!strategy) {
        QByteArrayList names;
        for (const auto& known : strategies())
            names.append(known->facts().name);
        return usage(stressText(QT_TRANSLATE_NOOP("lockscope::Stress", "unknown strategy '%1'; known: %2"))
                         .arg(text(config.strategy), text(names.join(", "))));
    }
    if (config.readOnly)
        return fail(ErrorKind::ReadOnly, QStringLiteral("stress"));
    if (config.production)
        return fail(ErrorKind::NotSupported,
            stressText(QT_TRANSLATE_NOOP(
                "lockscope::Stress", "this connection is marked as production: the lab puts no load on it")));
    if (const Status numbers = checkNumbers(config); !numbers)
        return numbers;
    if (const Status servers = checkServers(config, *strategy); !servers)
        return servers;
    for (const FaultSpec& spec : config.faults) {
        if (const Status usable = checkFault(config, spec); !usable)
            return usable;
    }
    return {};
}

} // namespace lockscope
