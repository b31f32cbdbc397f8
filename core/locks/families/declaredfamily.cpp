// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/declaredfamily.h"

#include "base/bytetext.h"
#include "base/clock.h"
#include "locks/families/elements.h"
#include "locks/families/ownerhints.h"

#include <QCoreApplication>

#include <algorithm>

namespace lockscope {

namespace {

constexpr const char* otherType = QT_TRANSLATE_NOOP("lockscope::FamilyFile", "the key has another type");
constexpr const char* otherToken
    = QT_TRANSLATE_NOOP("lockscope::FamilyFile", "the token does not look as it was declared");
constexpr const char* onlyReleased = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "Of declared families only locks whose key is a string with the token as its value can be changed; others can "
    "only be released.");
constexpr const char* noHolder = QT_TRANSLATE_NOOP("lockscope::FamilyFile", "no holder where it was declared");
constexpr const char* missingTtl = QT_TRANSLATE_NOOP("lockscope::FamilyFile", "the key has no TTL");
constexpr const char* unwantedTtl = QT_TRANSLATE_NOOP("lockscope::FamilyFile", "the key has a TTL");
constexpr const char* tooLong = QT_TRANSLATE_NOOP("lockscope::FamilyFile", "the value is too long for a token");

constexpr const char* auxiliaryRole = QT_TRANSLATE_NOOP("lockscope::Roles", "auxiliary key, deleted with the lock");
constexpr const char* keptRole = QT_TRANSLATE_NOOP("lockscope::Roles", "auxiliary key, kept");
constexpr const char* queueRole = QT_TRANSLATE_NOOP("lockscope::Roles", "waiter queue");
constexpr const char* wakeRole = QT_TRANSLATE_NOOP("lockscope::Roles", "list that wakes a waiter");
constexpr const char* fenceRole = QT_TRANSLATE_NOOP("lockscope::Roles", "fencing counter");
constexpr const char* undeclaredWaiters
    = QT_TRANSLATE_NOOP("lockscope::Waiters", "The declaration of this family names no queue and no channel.");

constexpr const char* deletesLock = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "Deletes the lock if it still has this token, and its auxiliary keys with it, and wakes the waiters as the "
    "families "
    "file declares it. The holder is not told.");
constexpr const char* removesHolder = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "Removes this one holder if it is still there, and wakes the waiters as the families file declares it. When nobody "
    "is left, the lock and its auxiliary keys are gone. The holder is not told.");

QLatin1StringView placeName(HolderPlace place)
{
    static constexpr const char* names[] = { "value", "field", "fields", "members", "first", "last", "elements" };
    return QLatin1StringView(names[int(place)]);
}

QByteArray factOf(const NameTemplate& what, const FamilyDeclaration& family)
{
    QList<QByteArray> words;
    for (const QByteArray& placeholder : family.keys.front().placeholders())
        words.append('<' + placeholder + '>');
    return what.expand("KEY", family.keys.front().placeholders(), words);
}

QByteArray keysFactOf(const FamilyDeclaration& family)
{
    const QLatin1StringView type = keyTypeName(family.type);
    QByteArray text = '`' + family.keyTexts.join("`, `") + "`: " + QByteArray(type.data(), type.size());
    std::vector<NameTemplate> beside = family.auxiliary;
    beside.insert(beside.end(), family.kept.begin(), family.kept.end());
    for (const auto& one : { family.queue, family.wakeList, family.fence }) {
        if (one)
            beside.push_back(*one);
    }
    for (const NameTemplate& one : beside)
        text += ", `" + factOf(one, family) + '`';
    return text;
}

QByteArray tokenFactOf(const FamilyDeclaration& family)
{
    const QLatin1StringView place = placeName(family.holder);
    QByteArray text = QByteArray(place.data(), place.size());
    if (family.holder == HolderPlace::Field)
        text += " `" + family.holderField + '`';
    return text + ": `" + family.token.name + '`';
}

std::optional<QDateTime> timeOf(const QString& group, const QByteArray& text)
{
    if (group == QLatin1StringView("time")) {
        const QDateTime time = QDateTime::fromString(QString::fromLatin1(text), Qt::ISODateWithMs);
        return time.isValid() ? std::optional(time) : std::nullopt;
    }
    bool isNumber = false;
    const double number = text.toDouble(&isNumber);
    const double ms = group == QLatin1StringView("time_s") ? number * 1000 : number;
    // From 1971 to 9999: anything else is no time.
    return isNumber && ms > 3.15e10 && ms < 2.5e14 ? std::optional(QDateTime::fromMSecsSinceEpoch(qint64(ms)))
                                                   : std::nullopt;
}

bool isTimeGroup(const QString& group)
{
    return group == QLatin1StringView("time") || group == QLatin1StringView("time_s")
        || group == QLatin1StringView("time_ms");
}

} // namespace

QList<OwnerHint> hintsOf(const OwnerPattern& pattern, const QByteArray& token)
{
    QList<OwnerHint> hints;
    if (token.size() > maximumTokenBytes)
        return hints;
    const QRegularExpressionMatch match = pattern.expression->match(QString::fromLatin1(token));
    if (!match.hasMatch())
        return hints;
    const QStringList groups = pattern.expression->namedCaptureGroups();
    for (qsizetype i = 0; i < groups.size(); ++i) {
        const QByteArray text = match.captured(int(i)).toLatin1();
        if (groups[i].isEmpty() || text.isEmpty())
            continue;
        const auto time = isTimeGroup(groups[i]) ? timeOf(groups[i], text) : std::nullopt;
        if (time)
            hints.append({ "created_at", rfc3339(*time), pattern.rule.constData() });
        else
            hints.append({ groups[i].toLatin1(), displayText(text, 80), pattern.rule.constData() });
    }
    return hints;
}

DeclaredFamily::DeclaredFamily(FamilyDeclaration declaration)
    : m_declared(std::move(declaration))
    , m_keysFact(keysFactOf(m_declared))
    , m_tokenFact(tokenFactOf(m_declared))
    , m_releaseScript(declaredReleaseScript(m_declared.type, m_declared.holder))
{
    const auto add = [this](std::vector<NamePattern>& names, const NameTemplate& what) {
        for (const NamePattern& key : m_declared.keys)
            names.push_back(what.patternFor(key));
    };
    for (const NameTemplate& one : m_declared.auxiliary)
        add(m_auxiliaryNames, one);
    for (const NameTemplate& one : m_declared.kept)
        add(m_auxiliaryNames, one);
    if (m_declared.fence)
        add(m_auxiliaryNames, *m_declared.fence);
    if (m_declared.wakeList)
        add(m_auxiliaryNames, *m_declared.wakeList);
    if (m_declared.queue)
        add(m_queueNames, *m_declared.queue);
}

bool DeclaredFamily::matchesName(QByteArrayView key) const
{
    return std::any_of(m_declared.keys.begin(), m_declared.keys.end(),
        [&](const NamePattern& pattern) { return pattern.matches(key); });
}

QLatin1StringView DeclaredFamily::name() const { return QLatin1StringView(m_declared.name); }

FamilyFacts DeclaredFamily::facts() const
{
    return { m_declared.about.constData(), m_keysFact.constData(), m_tokenFact.constData(),
        m_declared.renewal.constData(), m_declared.afterwards.constData() };
}

bool DeclaredFamily::isToken(const QByteArray& token) const
{
    if (token.size() > maximumTokenBytes)
        return false;
    if (m_declared.token.test)
        return m_declared.token.test(token);
    return !m_declared.token.expression || m_declared.token.expression->match(QString::fromLatin1(token)).hasMatch();
}

bool DeclaredFamily::isIgnored(const QByteArray& field) const { return m_declared.ignoredFields.contains(field); }

const char* DeclaredFamily::objectionToElements(const KeySample& sample) const
{
    const std::vector<LockHolder> holders = holdersOf(sample);
    if (holders.empty())
        return noHolder;
    const bool good = std::all_of(
        holders.begin(), holders.end(), [this](const LockHolder& holder) { return isToken(holder.token); });
    return good ? nullptr : otherToken;
}

const char* DeclaredFamily::objection(const KeySample& sample) const
{
    if (!matchesName(sample.key))
        return nullptr;
    if (sample.type != m_declared.type)
        return otherType;
    if (m_declared.hasTtl && *m_declared.hasTtl != (sample.ttlMs >= 0))
        return *m_declared.hasTtl ? missingTtl : unwantedTtl;
    if (sample.type != KeyType::String)
        return objectionToElements(sample);
    if (sample.value.size() > maximumTokenBytes)
        return tooLong;
    return isToken(sample.value) ? nullptr : otherToken;
}

Recognition DeclaredFamily::recognise(const KeySample& sample) const
{
    if (sample.type != m_declared.type || !matchesName(sample.key) || objection(sample))
        return {};
    return { m_declared.confidence, m_declared.rule.constData() };
}

std::vector<LockHolder> DeclaredFamily::holdersOf(const KeySample& sample) const
{
    const LockMode mode = m_declared.mode;
    std::vector<LockHolder> holders;
    const auto countOf = [](const QByteArray& text) {
        const qint64 count = text.toLongLong();
        return count > 0 ? count : 1;
    };
    switch (m_declared.holder) {
    case HolderPlace::Value:
        holders.push_back({ sample.value, -1, 1, mode });
        break;
    case HolderPlace::Field: {
        LockHolder holder { {}, -1, 1, mode };
        bool found = false;
        for (const KeyElement& field : sample.elements) {
            if (field.name == m_declared.holderField) {
                holder.token = field.value;
                found = true;
            } else if (!m_declared.countField.isEmpty() && field.name == m_declared.countField) {
                holder.count = countOf(field.value);
            }
        }
        if (found)
            holders.push_back(std::move(holder));
        break;
    }
    case HolderPlace::Fields:
        for (const KeyElement& field : sample.elements) {
            if (!isIgnored(field.name))
                holders.push_back({ field.name, -1, m_declared.countInValue ? countOf(field.value) : 1, mode });
        }
        sortByToken(holders);
        break;
    case HolderPlace::Members:
        for (const KeyElement& member : sample.elements)
            holders.push_back({ member.name, -1, 1, mode });
        if (sample.type == KeyType::Set)
            sortByToken(holders);
        break;
    case HolderPlace::First:
        if (!sample.elements.empty())
            holders.push_back({ sample.elements.front().name, -1, 1, mode });
        break;
    case HolderPlace::Last:
        if (!sample.elements.empty() && sample.elements.size() == sample.size)
            holders.push_back({ sample.elements.back().name, -1, 1, mode });
        break;
    case HolderPlace::Elements:
        for (const KeyElement& element : sample.elements)
            holders.push_back({ element.name, -1, 1, mode });
        break;
    }
    return holders;
}

LockReading DeclaredFamily::read(const KeySample& sample) const
{
    LockReading reading { m_declared.mode, holdersOf(sample), true, std::nullopt };
    if (m_declared.scoreUnitMs > 0) {
        KeySample scaled;
        scaled.serverMs = sample.serverMs;
        for (const KeyElement& member : sample.elements)
            scaled.elements.push_back({ member.name, {}, member.score * double(m_declared.scoreUnitMs) });
        reading.holders = membersBeforeDeadline(scaled, m_declared.mode);
    }
    reading.held = !reading.holders.empty();
    return reading;
}

QList<OwnerHint> DeclaredFamily::ownerHints(const QByteArray& token) const
{
    QList<OwnerHint> hints;
    for (const OwnerPattern& owner : m_declared.owners)
        appendNewHints(hints, hintsOf(owner, token));
    // Who says how to read the token knows it best; without a word its shape has to do.
    return m_declared.owners.isEmpty() ? ownerHintsByShape(token) : hints;
}

bool DeclaredFamily::isAuxiliary(QByteArrayView key, KeyType type) const
{
    const auto matches = [&](const NamePattern& pattern) { return pattern.matches(key); };
    if (std::any_of(m_auxiliaryNames.begin(), m_auxiliaryNames.end(), matches))
        return true;
    const KeyType queueType = m_declared.queueIsSorted ? KeyType::SortedSet : KeyType::List;
    return type == queueType && std::any_of(m_queueNames.begin(), m_queueNames.end(), matches);
}

QByteArray DeclaredFamily::nameOf(const NameTemplate& what, const QByteArray& key) const
{
    QList<QByteArray> taken;
    for (const NamePattern& pattern : m_declared.keys) {
        if (pattern.matches(key, taken))
            return what.expand(key, pattern.placeholders(), taken);
    }
    // An operation may be asked for any key: without placeholders there is still <key>.
    return what.expand(key, {}, {});
}

QByteArray DeclaredFamily::nameOf(const std::optional<NameTemplate>& what, const QByteArray& key) const
{
    return what ? nameOf(*what, key) : QByteArray();
}

QList<AuxiliaryKey> DeclaredFamily::auxiliaryKeys(const QByteArray& key) const
{
    QList<AuxiliaryKey> keys;
    for (const NameTemplate& one : m_declared.auxiliary)
        keys.append({ nameOf(one, key), auxiliaryRole });
    for (const NameTemplate& one : m_declared.kept)
        keys.append({ nameOf(one, key), keptRole });
    if (m_declared.queue)
        keys.append({ nameOf(*m_declared.queue, key), queueRole });
    if (m_declared.wakeList)
        keys.append({ nameOf(*m_declared.wakeList, key), wakeRole });
    if (m_declared.fence)
        keys.append({ nameOf(*m_declared.fence, key), fenceRole });
    return keys;
}

WaiterSource DeclaredFamily::waiters(const QByteArray& key) const
{
    using Kind = WaiterSource::Kind;
    if (m_declared.queue)
        return { m_declared.queueIsSorted ? Kind::SortedSet : Kind::List, nameOf(*m_declared.queue, key), "" };
    if (m_declared.channel)
        return { Kind::Channel, nameOf(*m_declared.channel, key), "" };
    return { Kind::None, {}, undeclaredWaiters };
}

QByteArray DeclaredFamily::fencingCounter(const QByteArray& key) const { return nameOf(m_declared.fence, key); }

EventMeaning DeclaredFamily::meaningOf(QByteArrayView event) const
{
    if (m_declared.type == KeyType::String)
        return LockFamily::meaningOf(event);
    if (m_declared.type != KeyType::List)
        return elementEventMeaning(event);
    if (event == QByteArrayView("lpush") || event == QByteArrayView("rpush") || event == QByteArrayView("lset"))
        return EventMeaning::Acquired;
    if (event == QByteArrayView("lpop") || event == QByteArrayView("rpop") || event == QByteArrayView("lrem")
        || event == QByteArrayView("ltrim"))
        return EventMeaning::Released;
    const EventMeaning meaning = elementEventMeaning(event);
    const bool isGeneric = event == QByteArrayView("expire") || event == QByteArrayView("persist")
        || event == QByteArrayView("del") || event == QByteArrayView("expired") || event == QByteArrayView("evicted");
    return isGeneric ? meaning : EventMeaning::Nothing;
}

ReleaseRecipe DeclaredFamily::releaseRecipe() const
{
    const bool whole = m_declared.holder == HolderPlace::Value || m_declared.holder == HolderPlace::Field;
    return { m_releaseScript, whole ? deletesLock : removesHolder };
}

ActRecipe DeclaredFamily::actRecipe(LockAct act) const
{
    const bool isPlain = keyType() == KeyType::String && m_declared.holder == HolderPlace::Value;
    if (isPlain || (!needsTtl(act) && act != LockAct::HandBack))
        return LockFamily::actRecipe(act);
    return { {}, leaseActExplanation(act), onlyReleased };
}

QList<QByteArray> DeclaredFamily::releaseKeys(const QByteArray& key) const
{
    QList<QByteArray> keys { key };
    for (const NameTemplate& one : m_declared.auxiliary)
        keys.append(nameOf(one, key));
    if (m_declared.wakeList)
        keys.append(nameOf(*m_declared.wakeList, key));
    return keys;
}

QList<QByteArray> DeclaredFamily::releaseArguments(const QByteArray& key) const
{
    QList<QByteArray> arguments { nameOf(m_declared.channel, key), m_declared.message, nameOf(m_declared.wakeList, key),
        m_declared.wakeValue, QByteArray::number(m_declared.wakeTtlMs), m_declared.holderField };
    return arguments + m_declared.ignoredFields;
}

} // namespace lockscope
