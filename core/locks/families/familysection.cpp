// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/familysection.h"

#include "base/bytetext.h"
#include "locks/families/bytetests.h"
#include "locks/families/tokenshape.h"

#include <QCoreApplication>

#include <algorithm>

namespace lockscope {

namespace {

QString fileText(const char* text) { return QCoreApplication::translate("lockscope::FamilyFile", text); }

/// How many letters have to be added, dropped or changed.
int distance(QByteArrayView one, QByteArrayView other)
{
    std::vector<int> row(size_t(other.size()) + 1);
    for (size_t i = 0; i < row.size(); ++i)
        row[i] = int(i);
    for (qsizetype i = 0; i < one.size(); ++i) {
        int diagonal = row[0];
        row[0] = int(i) + 1;
        for (size_t k = 1; k < row.size(); ++k) {
            const int changed = diagonal + (one[i] != other[qsizetype(k) - 1]);
            diagonal = row[k];
            row[k] = std::min({ row[k] + 1, row[k - 1] + 1, changed });
        }
    }
    return row.back();
}

bool isAnyUuid(QByteArrayView token) { return isDashedUuid(token); }
bool isTimeUuid(QByteArrayView token) { return decodeTimeUuid(token).has_value(); }
bool isHex32(QByteArrayView token) { return token.size() == 32 && isLowerHex(token); }
bool isHex40(QByteArrayView token) { return token.size() == 40 && isLowerHex(token); }
bool isHex64(QByteArrayView token) { return token.size() == 64 && isLowerHex(token); }
bool isJsonObject(QByteArrayView token) { return token.size() >= 2 && token.front() == '{' && token.back() == '}'; }

bool isPaddedBase64(QByteArrayView token)
{
    while (token.endsWith('='))
        token.chop(1);
    return isBase64(token) || isBase64Url(token);
}

struct TokenWord {
    const char* word;
    bool (*test)(QByteArrayView token);
};
constexpr TokenWord tokenWords[] = {
    { "any", nullptr },
    { "uuid", isAnyUuid },
    { "uuid1", isTimeUuid },
    { "uuid4", isUuidV4 },
    { "hex", isLowerHex },
    { "hex32", isHex32 },
    { "hex40", isHex40 },
    { "hex64", isHex64 },
    { "base64", isPaddedBase64 },
    { "digits", isDecimal },
    { "letters", isLetters },
    { "alphanumeric", isAlphanumeric },
    { "json", isJsonObject },
};

} // namespace

struct FamilySection::EntryFacts {
    const char* key;
    Kind kind;
    Reader reader;
    bool repeatable = false;
};

const std::vector<FamilySection::EntryFacts>& FamilySection::entryTable()
{
    using S = FamilySection;
    static const std::vector<EntryFacts> table {
        { "about", Kind::Family, &S::readAbout },
        { "renewal", Kind::Family, &S::readRenewal },
        { "afterwards", Kind::Family, &S::readAfterwards },
        { "key", Kind::Family, &S::readKey, true },
        { "type", Kind::Family, &S::readType },
        { "holder", Kind::Family, &S::readHolder },
        { "token", Kind::Family, &S::readToken },
        { "mode", Kind::Family, &S::readMode },
        { "count", Kind::Family, &S::readCount },
        { "deadline", Kind::Family, &S::readDeadline },
        { "ignore", Kind::Family, &S::readIgnore, true },
        { "ttl", Kind::Family, &S::readTtl },
        { "confidence", Kind::Family, &S::readConfidence },
        { "queue", Kind::Family, &S::keepTemplate },
        { "sorted-queue", Kind::Family, &S::keepTemplate },
        { "channel", Kind::Family, &S::keepTemplate },
        { "message", Kind::Family, &S::readMessage },
        { "wake-list", Kind::Family, &S::keepTemplate },
        { "wake-value", Kind::Family, &S::readWakeValue },
        { "wake-ttl", Kind::Family, &S::readWakeTtl },
        { "auxiliary", Kind::Family, &S::keepTemplate, true },
        { "keep", Kind::Family, &S::keepTemplate, true },
        { "fence", Kind::Family, &S::keepTemplate },
        { "owner", Kind::Family, &S::readOwner, true },
        { "pattern", Kind::Owner, &S::readOwner, true },
        { "families", Kind::Owner, &S::readOwnerFamilies },
    };
    return table;
}

FamilySection::FamilySection(Kind kind, const QByteArray& name, int line, QString fileName)
    : m_kind(kind)
    , m_fileName(std::move(fileName))
    , m_sectionLine(line)
    , m_line(line)
{
    m_family.name = name;
    m_family.line = line;
    m_family.rule = ruleOf(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "declared in %1, line %2"), line);
}

QByteArray FamilySection::ruleOf(const char* text, int line) const
{
    return fileText(text).arg(m_fileName).arg(line).toUtf8();
}

void FamilySection::addFault(int line, const QString& message) { m_faults.append({ line, message }); }

void FamilySection::addUnknown(QByteArrayView key)
{
    const char* closest = nullptr;
    int best = 3;
    for (const EntryFacts& facts : entryTable()) {
        const int far = facts.kind == m_kind && key.size() <= 40 ? distance(key, facts.key) : best;
        if (far < best) {
            best = far;
            closest = facts.key;
        }
    }
    const QString shown = displayText(key, 40);
    addFault(closest ? fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "unknown key '%1' (did you mean '%2'?)"))
                           .arg(shown, QString::fromLatin1(closest))
                     : fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "unknown key '%1'")).arg(shown));
}

void FamilySection::readEntry(int line, QByteArrayView key, QByteArrayView value)
{
    m_line = line;
    m_entry = key.toByteArray();
    const auto& table = entryTable();
    const auto found = std::find_if(table.begin(), table.end(),
        [&](const EntryFacts& facts) { return facts.kind == m_kind && key == QByteArrayView(facts.key); });
    if (found == table.end())
        return addUnknown(key);
    if (const int before = m_lines.value(m_entry); before > 0 && !found->repeatable)
        return addFault(fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "'%1' is in line %2 already"))
                            .arg(QString::fromLatin1(m_entry))
                            .arg(before));
    m_lines.insert(m_entry, line);
    if (value.isEmpty())
        return addFault(fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "'%1' has no value"))
                            .arg(QString::fromLatin1(m_entry)));
    (this->*found->reader)(value);
}

int FamilySection::wordIndex(QByteArrayView value, std::initializer_list<const char*> words)
{
    QStringList all;
    for (const char* word : words) {
        if (value == QByteArrayView(word))
            return int(all.size());
        all += QString::fromLatin1(word);
    }
    addFault(fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "'%1' is one of: %2"))
                 .arg(QString::fromLatin1(m_entry), all.join(QStringLiteral(", "))));
    return -1;
}

QByteArray FamilySection::bytesOf(QByteArrayView value)
{
    if (value.size() >= 2 && value.startsWith('"') && value.endsWith('"'))
        value = value.sliced(1, value.size() - 2);
    QString fault;
    const std::optional<QByteArray> bytes = unescapedBytes(value, fault);
    if (!bytes)
        addFault(fault);
    return bytes.value_or(QByteArray());
}

QByteArray FamilySection::proseOf(QByteArrayView value)
{
    if (isUtf8(value) && value.size() <= 500)
        return value.toByteArray();
    addFault(fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "this has to be UTF-8 of at most 500 bytes")));
    return {};
}

// A pattern of the operator's must not be able to hold up the watch: PCRE gives up after so many steps.
std::shared_ptr<const QRegularExpression> FamilySection::expressionOf(QByteArrayView value, bool wholeToken)
{
    const QString pattern = QString::fromUtf8(value);
    QRegularExpression plain(pattern);
    if (!plain.isValid()) {
        addFault(fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "the regular expression: %1, at character %2"))
                     .arg(plain.errorString())
                     .arg(plain.patternErrorOffset() + 1));
        return {};
    }
    const QString body = wholeToken ? QStringLiteral("\\A(?:") + pattern + QStringLiteral(")\\z") : pattern;
    const QString bounded = QStringLiteral("(*LIMIT_MATCH=20000)") + body;
    // Tokens are bytes: a line end is one like any other.
    auto expression = std::make_shared<QRegularExpression>(bounded, QRegularExpression::DotMatchesEverythingOption);
    if (!expression->isValid()) {
        addFault(fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "the regular expression: %1, at character %2"))
                     .arg(expression->errorString())
                     .arg(1));
        return {};
    }
    expression->optimize();
    return expression;
}

void FamilySection::readKey(QByteArrayView value)
{
    QString fault;
    std::optional<NamePattern> pattern = NamePattern::parse(value, fault);
    if (!pattern)
        return addFault(fault);
    if (pattern->literalBytes() == 0)
        return addFault(fileText(QT_TRANSLATE_NOOP(
            "lockscope::FamilyFile", "this matches any key: at least one character has to be literal")));
    m_family.keys.push_back(std::move(*pattern));
    m_family.keyTexts.append(value.toByteArray());
}

void FamilySection::readType(QByteArrayView value)
{
    constexpr KeyType types[] = { KeyType::String, KeyType::Hash, KeyType::Set, KeyType::SortedSet, KeyType::List };
    if (const int index = wordIndex(value, { "string", "hash", "set", "zset", "list" }); index >= 0)
        m_family.type = types[index];
}

void FamilySection::readHolder(QByteArrayView value)
{
    if (value.startsWith("field ") && !value.sliced(6).trimmed().isEmpty()) {
        m_family.holder = HolderPlace::Field;
        m_family.holderField = bytesOf(value.sliced(6).trimmed());
        return;
    }
    constexpr HolderPlace places[] = { HolderPlace::Value, HolderPlace::Field, HolderPlace::Fields,
        HolderPlace::Members, HolderPlace::First, HolderPlace::Last, HolderPlace::Elements };
    const int index = wordIndex(value, { "value", "field NAME", "fields", "members", "first", "last", "elements" });
    if (index >= 0)
        m_family.holder = places[index];
}

void FamilySection::readToken(QByteArrayView value)
{
    m_family.token.name = value.toByteArray();
    if (value.size() > 2 && value.startsWith('/') && value.endsWith('/')) {
        m_family.token.expression = expressionOf(value.sliced(1, value.size() - 2), true);
        return;
    }
    QStringList all;
    for (const TokenWord& known : tokenWords) {
        if (value == QByteArrayView(known.word)) {
            m_family.token.test = known.test;
            return;
        }
        all += QString::fromLatin1(known.word);
    }
    addFault(fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "'token' is one of: %1, or /a regular expression/"))
                 .arg(all.join(QStringLiteral(", "))));
}

void FamilySection::readMode(QByteArrayView value)
{
    if (const int index = wordIndex(value, { "exclusive", "read", "write", "semaphore" }); index >= 0)
        m_family.mode = LockMode(index);
}

void FamilySection::readCount(QByteArrayView value)
{
    if (value == QByteArrayView("value"))
        m_family.countInValue = true;
    else if (value.startsWith("field ") && !value.sliced(6).trimmed().isEmpty())
        m_family.countField = bytesOf(value.sliced(6).trimmed());
    else
        addFault(fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "'%1' is one of: %2"))
                     .arg(QStringLiteral("count"), QStringLiteral("value, field NAME")));
}

void FamilySection::readDeadline(QByteArrayView value)
{
    if (const int index = wordIndex(value, { "score-ms", "score-s" }); index >= 0)
        m_family.scoreUnitMs = index == 0 ? 1 : 1000;
}

void FamilySection::readIgnore(QByteArrayView value)
{
    for (const QByteArray& field : value.toByteArray().split(','))
        m_family.ignoredFields.append(bytesOf(QByteArrayView(field).trimmed()));
}

void FamilySection::readTtl(QByteArrayView value)
{
    const int index = wordIndex(value, { "optional", "required", "none" });
    if (index > 0)
        m_family.hasTtl = index == 1;
}

void FamilySection::readConfidence(QByteArrayView value)
{
    bool isNumber = false;
    const float confidence = value.toByteArray().toFloat(&isNumber);
    if (!isNumber || !(confidence >= 0.5F) || confidence > 1)
        return addFault(fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "'confidence' is a number from 0.5 to 1")));
    m_family.confidence = confidence;
}

void FamilySection::readWakeTtl(QByteArrayView value)
{
    bool isNumber = false;
    const qint64 ms = value.toByteArray().toLongLong(&isNumber);
    if (!isNumber || ms < 1 || ms > 86'400'000)
        return addFault(fileText(
            QT_TRANSLATE_NOOP("lockscope::FamilyFile", "'wake-ttl' is a number of milliseconds, 1 to 86400000")));
    m_family.wakeTtlMs = ms;
}

void FamilySection::readOwner(QByteArrayView value)
{
    if (value.size() > 2 && value.startsWith('/') && value.endsWith('/'))
        value = value.sliced(1, value.size() - 2);
    const auto expression = expressionOf(value, false);
    if (!expression)
        return;
    const QStringList groups = expression->namedCaptureGroups();
    if (std::all_of(groups.begin(), groups.end(), [](const QString& group) { return group.isEmpty(); }))
        return addFault(fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile",
            "the regular expression has no named group; for example: ^(?<host>[^:]+):(?<pid>\\d+)$")));
    m_owners.append({ expression, {},
        ruleOf(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "owner pattern of %1, line %2"), m_line), m_line });
}

void FamilySection::readOwnerFamilies(QByteArrayView value)
{
    QList<QByteArray> names;
    for (const QByteArray& name : value.toByteArray().split(',')) {
        if (!name.trimmed().isEmpty())
            names.append(name.trimmed());
    }
    m_ownerFamilies = names;
}

QList<QByteArray> FamilySection::commonPlaceholders() const
{
    if (m_family.keys.empty())
        return {};
    QList<QByteArray> common = m_family.keys.front().placeholders();
    for (const NamePattern& pattern : m_family.keys)
        common.removeIf([&](const QByteArray& name) { return !pattern.placeholders().contains(name); });
    return common;
}

std::optional<NameTemplate> FamilySection::templateOf(int line, QByteArrayView value)
{
    QString fault;
    std::optional<NameTemplate> result = NameTemplate::parse(value, commonPlaceholders(), fault);
    if (result && result->isKeyItself()) {
        result.reset();
        fault = fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "this is the lock itself"));
    }
    if (!result)
        addFault(line, fault);
    return result;
}

void FamilySection::finish()
{
    if (m_kind == Kind::Owner)
        finishOwner();
    else
        finishFamily();
}

void FamilySection::finishOwner()
{
    if (!m_lines.contains("pattern"))
        addFault(m_sectionLine, fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "this section has no 'pattern'")));
    for (OwnerPattern& owner : m_owners)
        owner.families = m_ownerFamilies;
}

void FamilySection::finishFamily()
{
    if (!m_lines.contains("key"))
        addFault(m_sectionLine, fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "this family has no 'key'")));
    finishHolder();
    if (m_faults.isEmpty() || !m_family.keys.empty())
        finishTemplates();
    m_family.owners = std::exchange(m_owners, {});
    const bool shaped = m_family.token.test || m_family.token.expression;
    if (!m_lines.contains("confidence"))
        m_family.confidence = shaped ? 0.99F : 0.9F;
}

/// What stands where, and whether the type has such a place.
void FamilySection::finishHolder()
{
    const auto onlyFor = [this](const char* entry, bool fits, const char* needs) {
        const int line = m_lines.value(entry);
        const bool isFaulty = std::any_of(
            m_faults.cbegin(), m_faults.cend(), [line](const FamilyFileFault& fault) { return fault.line == line; });
        if (line > 0 && !fits && !isFaulty)
            addFault(line,
                fileText(QT_TRANSLATE_NOOP("lockscope::FamilyFile", "'%1' goes only with %2"))
                    .arg(QString::fromLatin1(entry), QString::fromLatin1(needs)));
    };
    const bool given = m_lines.contains("holder");
    switch (m_family.type) {
    case KeyType::String:
        onlyFor("holder", m_family.holder == HolderPlace::Value, "holder = value (type = string)");
        break;
    case KeyType::Hash:
        if (!given)
            m_family.holder = HolderPlace::Fields;
        onlyFor("holder", m_family.holder == HolderPlace::Field || m_family.holder == HolderPlace::Fields,
            "holder = field NAME, fields (type = hash)");
        break;
    case KeyType::Set:
    case KeyType::SortedSet:
        if (!given)
            m_family.holder = HolderPlace::Members;
        onlyFor("holder", m_family.holder == HolderPlace::Members, "holder = members (type = set, zset)");
        break;
    case KeyType::List:
        if (!given)
            m_family.holder = HolderPlace::First;
        onlyFor("holder",
            m_family.holder == HolderPlace::First || m_family.holder == HolderPlace::Last
                || m_family.holder == HolderPlace::Elements,
            "holder = first, last, elements (type = list)");
        break;
    case KeyType::Other:
        break;
    }
    onlyFor("deadline", m_family.type == KeyType::SortedSet, "type = zset");
    onlyFor("ignore", m_family.holder == HolderPlace::Fields, "type = hash, holder = fields");
    onlyFor("count",
        m_family.countInValue ? m_family.holder == HolderPlace::Fields : m_family.holder == HolderPlace::Field,
        "type = hash: count = value (holder = fields), count = field NAME (holder = field NAME)");
    onlyFor("message", m_lines.contains("channel"), "channel");
    onlyFor("wake-value", m_lines.contains("wake-list"), "wake-list");
    onlyFor("wake-ttl", m_lines.contains("wake-list"), "wake-list");
    onlyFor("sorted-queue", !m_lines.contains("queue"), "no queue");
}

void FamilySection::finishTemplates()
{
    for (const Template& kept : std::as_const(m_templates)) {
        std::optional<NameTemplate> name = templateOf(kept.line, kept.text);
        if (!name)
            continue;
        if (kept.entry == "queue" || kept.entry == "sorted-queue") {
            m_family.queue = std::move(name);
            m_family.queueIsSorted = kept.entry == "sorted-queue";
        } else if (kept.entry == "channel") {
            m_family.channel = std::move(name);
        } else if (kept.entry == "wake-list") {
            m_family.wakeList = std::move(name);
        } else if (kept.entry == "fence") {
            m_family.fence = std::move(name);
        } else if (kept.entry == "keep") {
            m_family.kept.push_back(std::move(*name));
        } else {
            m_family.auxiliary.push_back(std::move(*name));
        }
    }
}

} // namespace lockscope
