// SPDX-License-Identifier: GPL-3.0-or-later
#include "stresslab/labsetup.h"

#include "common/badge.h"
#include "stresslab/faulteditor.h"
#include "stresslab/labsetupparts.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>

#include <algorithm>

namespace lockscope {

namespace {

constexpr int currentConnection = 0; // instead of a number of masters
constexpr Milliseconds longestCounted { 3'600'000 }; // with a number of sections the time is a safeguard

void setValue(QWidget* field, const QJsonValue& value)
{
    if (auto* number = qobject_cast<QSpinBox*>(field))
        number->setValue(value.toInt(number->value()));
    else if (auto* real = qobject_cast<QDoubleSpinBox*>(field))
        real->setValue(value.toDouble(real->value()));
    else if (auto* box = qobject_cast<QCheckBox*>(field))
        box->setChecked(value.toBool(box->isChecked()));
    else if (auto* edit = qobject_cast<QLineEdit*>(field))
        edit->setText(value.toString());
    else if (auto* combo = qobject_cast<QComboBox*>(field))
        combo->setCurrentIndex(std::max(0, combo->findData(value.toVariant())));
}

QJsonValue valueOf(const QWidget* field)
{
    if (const auto* number = qobject_cast<const QSpinBox*>(field))
        return number->value();
    if (const auto* real = qobject_cast<const QDoubleSpinBox*>(field))
        return real->value();
    if (const auto* box = qobject_cast<const QCheckBox*>(field))
        return box->isChecked();
    if (const auto* edit = qobject_cast<const QLineEdit*>(field))
        return edit->text();
    return QJsonValue::fromVariant(qobject_cast<const QComboBox*>(field)->currentData());
}

ConnectionSpec sandboxSpec(int masters)
{
    ConnectionSpec spec;
    spec.topology = Topology::Sandbox;
    spec.sandbox.masters = masters;
    return spec;
}

} // namespace

LabSetup::LabSetup(QWidget* parent)
    : QWidget(parent)
    , m_strategies(stressStrategies())
    , m_strategy(new QComboBox(this))
    , m_badge(new Badge(this))
    , m_summary(labparts::note())
    , m_promises(labparts::note())
    , m_doesNot(labparts::note())
    , m_demonstration(new QPushButton(tr("Show its &point"), this))
    , m_server(new QComboBox(this))
    , m_serverNote(labparts::note())
    , m_clients(labparts::number(tr("Clients"), 1, 1'000'000, 16))
    , m_keys(labparts::number(tr("Keys"), 1, 10'000'000, 4))
    , m_ttl(labparts::milliseconds(tr("TTL"), 1, 10'000))
    , m_holdLeast(labparts::milliseconds(tr("Hold, at least"), 0, 1))
    , m_holdMost(labparts::milliseconds(tr("Hold, at most"), 0, 5))
    , m_amount(labparts::number(tr("Ends after"), 1, 1'000'000'000, 10))
    , m_ending(new QComboBox(this))
    , m_wait(labparts::milliseconds(tr("Wait for a lock"), 0, 10'000))
    , m_retryLeast(labparts::milliseconds(tr("Try again, at least after"), 0, 50))
    , m_retryMost(labparts::milliseconds(tr("Try again, at most after"), 0, 250))
    , m_rate(new QDoubleSpinBox(this))
    , m_connections(labparts::number(tr("Connections"), 0, 100'000, 0))
    , m_readers(labparts::number(tr("Readers"), 0, 100, 80))
    , m_permits(labparts::number(tr("Permits"), 1, 1000, 3))
    , m_seed(new QLineEdit(this))
    , m_renew(new QCheckBox(tr("Rene&w leases at a third of the TTL"), this))
    , m_stopAtViolation(new QCheckBox(tr("Stop at the first &violation"), this))
    , m_proxied(new QCheckBox(tr("Be ready for &network faults by button"), this))
    , m_faults(new FaultEditor(this))
{
    for (QWidget* field : { m_strategy, m_server })
        labparts::keepFromWheel(field);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 10, 0);
    layout->setSpacing(14);
    layout->addWidget(buildStrategy());
    layout->addWidget(buildServer());
    layout->addWidget(buildLoad());
    layout->addWidget(buildFaults());
    layout->addStretch();
    wire();
    showStrategy();
    setConnection({});
}

QWidget* LabSetup::buildStrategy()
{
    m_strategy->setAccessibleName(tr("Strategy"));
    for (const StressChoice& choice : m_strategies)
        m_strategy->addItem(QString::fromLatin1(choice.name), QString::fromLatin1(choice.name));
    m_demonstration->setAutoDefault(false);
    m_demonstration->setToolTip(tr("Fill in a load and faults that show what this strategy is worth"));
    auto* row = new QHBoxLayout;
    row->addWidget(m_badge);
    row->addStretch();
    row->addWidget(m_demonstration);
    auto* section = new QWidget;
    auto* layout = labparts::section(section, tr("Strategy"));
    layout->addWidget(m_strategy);
    layout->addLayout(row);
    for (QLabel* label : { m_summary, m_promises, m_doesNot })
        layout->addWidget(label);
    return section;
}

QWidget* LabSetup::buildServer()
{
    m_server->setAccessibleName(tr("Server"));
    for (const int masters : { 1, 3, 5 })
        m_server->addItem(
            masters == 1 ? tr("Sandbox: a private server") : tr("Sandbox: %Ln masters", nullptr, masters), masters);
    m_server->addItem(tr("The current connection"), currentConnection);
    auto* section = new QWidget;
    auto* layout = labparts::section(section, tr("Server"));
    layout->addWidget(m_server);
    layout->addWidget(m_serverNote);
    return section;
}

QWidget* LabSetup::buildLoad()
{
    m_ending->setAccessibleName(tr("Unit of the end"));
    m_ending->addItem(tr("seconds"), int(Ending::Time));
    m_ending->addItem(tr("sections"), int(Ending::Sections));
    m_rate->setAccessibleName(tr("Rate"));
    m_rate->setRange(0, 10'000'000);
    m_rate->setDecimals(0);
    m_rate->setSingleStep(100);
    m_rate->setSuffix(tr(" sections/s"));
    m_rate->setSpecialValueText(tr("closed loop"));
    m_rate->setToolTip(
        tr("Planned starts a second, whatever the answers take; closed loop: each client begins its next "
           "section when the last one is over"));
    m_connections->setSpecialValueText(tr("automatic"));
    m_readers->setSuffix(QStringLiteral(" %"));
    m_seed->setAccessibleName(tr("Seed"));
    m_seed->setPlaceholderText(tr("a fresh one"));
    m_seed->setToolTip(tr("The same seed makes the same schedule"));
    m_proxied->setToolTip(
        tr("Puts a proxy between clients and server, and gives a sandbox a replica: slower, but delays, "
           "cuts and failovers can be fired while it runs"));
    auto* section = new QWidget;
    auto* layout = labparts::section(section, tr("Load"));
    auto* form = new QFormLayout;
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(6);
    form->setHorizontalSpacing(12);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    fillLoad(form);
    layout->addLayout(form);
    for (QCheckBox* box : { m_renew, m_stopAtViolation, m_proxied })
        layout->addWidget(box);
    return section;
}

void LabSetup::fillLoad(QFormLayout* form)
{
    labparts::addRow(form, tr("Clients:"), { m_clients });
    labparts::addRow(form, tr("Keys:"), { m_keys });
    labparts::addRow(form, tr("TTL:"), { m_ttl });
    labparts::addRow(form, tr("Hold:"), { m_holdLeast, m_holdMost });
    labparts::addRow(form, tr("Ends after:"), { m_amount, m_ending });
    labparts::addRow(form, tr("Wait up to:"), { m_wait });
    labparts::addRow(form, tr("Try again after:"), { m_retryLeast, m_retryMost });
    labparts::addRow(form, tr("Rate:"), { m_rate });
    labparts::addRow(form, tr("Connections:"), { m_connections });
    labparts::addRow(form, tr("Readers:"), { m_readers });
    labparts::addRow(form, tr("Permits:"), { m_permits });
    labparts::addRow(form, tr("Seed:"), { m_seed });
}

QWidget* LabSetup::buildFaults()
{
    auto* section = new QWidget;
    labparts::section(section, tr("Faults"))->addWidget(m_faults);
    return section;
}

void LabSetup::wire()
{
    for (const auto& [name, field] : fields()) {
        if (auto* number = qobject_cast<QSpinBox*>(field))
            connect(number, &QSpinBox::valueChanged, this, &LabSetup::changed);
        else if (auto* real = qobject_cast<QDoubleSpinBox*>(field))
            connect(real, &QDoubleSpinBox::valueChanged, this, &LabSetup::changed);
        else if (auto* box = qobject_cast<QCheckBox*>(field))
            connect(box, &QCheckBox::toggled, this, &LabSetup::changed);
        else if (auto* edit = qobject_cast<QLineEdit*>(field))
            connect(edit, &QLineEdit::textChanged, this, &LabSetup::changed);
        else if (auto* combo = qobject_cast<QComboBox*>(field))
            connect(combo, &QComboBox::currentIndexChanged, this, &LabSetup::changed);
    }
    connect(m_faults, &FaultEditor::changed, this, &LabSetup::changed);
    connect(m_strategy, &QComboBox::currentIndexChanged, this, &LabSetup::showStrategy);
    connect(m_server, &QComboBox::currentIndexChanged, this, &LabSetup::showServer);
    connect(m_demonstration, &QPushButton::clicked, this, &LabSetup::useDemonstration);
}

QList<std::pair<QString, QWidget*>> LabSetup::fields() const
{
    return { { QStringLiteral("strategy"), m_strategy }, { QStringLiteral("server"), m_server },
        { QStringLiteral("clients"), m_clients }, { QStringLiteral("keys"), m_keys }, { QStringLiteral("ttl"), m_ttl },
        { QStringLiteral("holdLeast"), m_holdLeast }, { QStringLiteral("holdMost"), m_holdMost },
        { QStringLiteral("ending"), m_ending }, { QStringLiteral("amount"), m_amount },
        { QStringLiteral("wait"), m_wait }, { QStringLiteral("retryLeast"), m_retryLeast },
        { QStringLiteral("retryMost"), m_retryMost }, { QStringLiteral("rate"), m_rate },
        { QStringLiteral("connections"), m_connections }, { QStringLiteral("readers"), m_readers },
        { QStringLiteral("permits"), m_permits }, { QStringLiteral("seed"), m_seed },
        { QStringLiteral("renew"), m_renew }, { QStringLiteral("stopAtViolation"), m_stopAtViolation },
        { QStringLiteral("proxied"), m_proxied } };
}

const StressChoice& LabSetup::strategy() const { return m_strategies.at(std::max(0, m_strategy->currentIndex())); }

void LabSetup::setStrategy(const QByteArray& name)
{
    m_strategy->setCurrentIndex(std::max(0, m_strategy->findText(QString::fromLatin1(name))));
}

void LabSetup::showStrategy()
{
    const StressChoice& choice = strategy();
    if (choice.isSafe)
        m_badge->setState(Tone::Positive, QStringLiteral("check"), tr("sound within its promise"));
    else
        m_badge->setState(Tone::Danger, QStringLiteral("danger"), tr("broken on purpose"));
    m_summary->setText(choice.summary);
    m_promises->setText(tr("Guarantees: %1.").arg(choice.promises));
    m_doesNot->setText(tr("Does not: %1.").arg(choice.doesNot));
    m_demonstration->setEnabled(!choice.demonstration.isEmpty());
    m_readers->setEnabled(choice.name == "read-write");
    m_permits->setEnabled(choice.name == "semaphore");
}

void LabSetup::setConnection(const LabConnection& connection)
{
    m_connection = connection;
    const int at = m_server->findData(currentConnection);
    m_server->setItemText(at,
        connection.servers.isEmpty() ? tr("The current connection (none)")
                                     : tr("The current connection: %1").arg(connection.title));
    showServer();
    Q_EMIT changed();
}

void LabSetup::showServer()
{
    const bool isSandbox = m_server->currentData().toInt() != currentConnection;
    m_serverNote->setText(isSandbox
            ? tr("Started for the run on this machine, and ended with it.")
            : tr("Writes only keys that begin with lockscope-lab:, and removes them at the end. Faults that touch the "
                 "server are for sandboxes."));
    m_faults->setSandbox(isSandbox);
}

QList<ConnectionSpec> LabSetup::servers() const
{
    const int masters = m_server->currentData().toInt();
    if (masters == currentConnection)
        return m_connection.servers;
    return { sandboxSpec(masters) };
}

StressConfig LabSetup::config() const
{
    StressConfig config;
    const bool isCurrent = m_server->currentData().toInt() == currentConnection;
    config.servers = servers();
    config.production = isCurrent && m_connection.production;
    config.readOnly = isCurrent && m_connection.readOnly;
    config.strategy = m_strategy->currentText().toLatin1();
    config.clients = m_clients->value();
    config.keys = m_keys->value();
    config.ttl = Milliseconds(m_ttl->value());
    config.hold = { Milliseconds(m_holdLeast->value()), Milliseconds(m_holdMost->value()) };
    const bool isTimed = m_ending->currentData().toInt() == int(Ending::Time);
    config.duration = isTimed ? Milliseconds(qint64(m_amount->value()) * 1000) : longestCounted;
    config.sections = isTimed ? 0 : m_amount->value();
    config.wait = Milliseconds(m_wait->value());
    config.retry = { Milliseconds(m_retryLeast->value()), Milliseconds(m_retryMost->value()) };
    config.rate = m_rate->value();
    config.connections = m_connections->value();
    config.readers = m_readers->value();
    config.permits = m_permits->value();
    config.seed = m_seed->text().trimmed().toULongLong();
    config.renew = m_renew->isChecked();
    config.stopAtViolation = m_stopAtViolation->isChecked();
    config.proxied = m_proxied->isChecked();
    config.faults = m_faults->faults();
    return config;
}

Status LabSetup::check() const
{
    bool isNumber = true;
    const QString seed = m_seed->text().trimmed();
    if (!seed.isEmpty() && (seed.toULongLong(&isNumber) == 0 || !isNumber))
        return fail(ErrorKind::Usage, tr("seed: a whole number, 1 or more; empty for a fresh one"));
    const bool isCurrent = m_server->currentData().toInt() == currentConnection;
    if (isCurrent && m_connection.servers.isEmpty())
        return fail(ErrorKind::Usage, tr("the main window is not connected: choose a sandbox, or connect first"));
    if (isCurrent && m_connection.servers.first().topology == Topology::Sandbox)
        return fail(ErrorKind::Usage, tr("the current connection is a sandbox itself: choose one of the lab's own"));
    return checkConfig(config());
}

void LabSetup::useDemonstration()
{
    const QStringList words = QString::fromLatin1(strategy().demonstration).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    QList<FaultSpec> faults;
    m_server->setCurrentIndex(m_server->findData(strategy().usesQuorum ? 3 : 1));
    for (qsizetype i = 0; i < words.size(); ++i) {
        const bool hasValue = i + 1 < words.size() && !words[i + 1].startsWith(QLatin1StringView("--"));
        applyOption(words[i], hasValue ? words[i + 1] : QString(), faults);
        i += hasValue ? 1 : 0;
    }
    m_faults->setFaults(faults);
}

void LabSetup::applyOption(const QString& option, const QString& value, QList<FaultSpec>& faults)
{
    const auto setRange = [&value](QSpinBox* least, QSpinBox* most) {
        const QStringList parts = value.split(QStringLiteral(".."));
        least->setValue(parts.first().toInt());
        most->setValue(parts.last().toInt());
    };
    if (option == QLatin1StringView("--clients"))
        m_clients->setValue(value.toInt());
    else if (option == QLatin1StringView("--keys"))
        m_keys->setValue(value.toInt());
    else if (option == QLatin1StringView("--ttl"))
        m_ttl->setValue(value.toInt());
    else if (option == QLatin1StringView("--hold"))
        setRange(m_holdLeast, m_holdMost);
    else if (option == QLatin1StringView("--retry"))
        setRange(m_retryLeast, m_retryMost);
    else if (option == QLatin1StringView("--renew"))
        m_renew->setChecked(true);
    else if (option == QLatin1StringView("--readers"))
        m_readers->setValue(value.toInt());
    else if (option == QLatin1StringView("--permits"))
        m_permits->setValue(value.toInt());
    else if (option == QLatin1StringView("--fault")) {
        if (const Result<FaultSpec> fault = parseFault(value.toUtf8()))
            faults.append(*fault);
    }
}

QByteArray LabSetup::saved() const
{
    QJsonObject object;
    for (const auto& [name, field] : fields())
        object.insert(name, valueOf(field));
    QJsonArray faults;
    for (const FaultSpec& fault : m_faults->faults())
        faults.append(QString::fromUtf8(fault.text()));
    object.insert(QStringLiteral("faults"), faults);
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

void LabSetup::restore(const QByteArray& saved)
{
    const QJsonObject object = QJsonDocument::fromJson(saved).object();
    for (const auto& [name, field] : fields()) {
        if (object.contains(name))
            setValue(field, object.value(name));
    }
    QList<FaultSpec> faults;
    for (const QJsonValue& text : object.value(QStringLiteral("faults")).toArray()) {
        if (const Result<FaultSpec> fault = parseFault(text.toString().toUtf8()))
            faults.append(*fault);
    }
    m_faults->setFaults(faults);
}

} // namespace lockscope
