// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/fuzztargets.h"

#include "locks/families/declaredfamily.h"
#include "locks/families/familyfile.h"
#include "locks/families/familyregistry.h"
#include "locks/lockholders.h"

#include <cstring>

namespace lockscope {

namespace {

/// Takes bytes apart into the parts of a key.
class ByteSource {
public:
    explicit ByteSource(QByteArrayView bytes)
        : m_bytes(bytes)
    {
    }
    [[nodiscard]] bool isEmpty() const { return m_bytes.isEmpty(); }
    quint8 byte()
    {
        if (m_bytes.isEmpty())
            return 0;
        const auto result = quint8(m_bytes.front());
        m_bytes = m_bytes.sliced(1);
        return result;
    }
    qint64 number()
    {
        qint64 result = 0;
        const qsizetype size = std::min<qsizetype>(m_bytes.size(), byte() % 9);
        const qsizetype there = std::min(size, m_bytes.size());
        std::memcpy(&result, m_bytes.data(), size_t(there));
        m_bytes = m_bytes.sliced(there);
        return result;
    }
    double real()
    {
        const qint64 bits = number();
        double result = 0;
        std::memcpy(&result, &bits, sizeof result);
        return result;
    }
    /// Up to a line feed: texts stay readable in the corpus.
    QByteArray line()
    {
        const qsizetype end = m_bytes.indexOf('\n');
        const QByteArray result = m_bytes.first(end < 0 ? m_bytes.size() : end).toByteArray();
        m_bytes = m_bytes.sliced(end < 0 ? m_bytes.size() : end + 1);
        return result;
    }

private:
    QByteArrayView m_bytes;
};

KeySample sampleOf(ByteSource& source)
{
    KeySample sample;
    sample.type = KeyType(source.byte() % 6);
    const quint8 flags = source.byte();
    sample.explicitMatch = flags & 1;
    sample.renewed = flags & 2;
    sample.ttlMs = flags & 4 ? -1 : source.number();
    sample.serverMs = flags & 8 ? 1'700'000'000'000 : source.number();
    sample.longestTtlMs = flags & 16 ? -1 : source.number();
    sample.key = source.line();
    if (sample.type == KeyType::String) {
        sample.value = source.line().left(maximumTokenBytes + 1);
        return sample;
    }
    while (!source.isEmpty() && sample.elements.size() < size_t(maximumSampleElements)) {
        KeyElement element { source.line() };
        if (sample.type == KeyType::Hash)
            element.value = source.line();
        if (sample.type == KeyType::SortedSet)
            element.score = source.real();
        sample.elements.push_back(std::move(element));
    }
    sample.size = flags & 32 ? quint64(source.number()) : sample.elements.size();
    return sample;
}

void readWith(const LockFamily& family, const KeySample& sample)
{
    const Recognition recognition = family.recognise(sample);
    fuzz::require(recognition.confidence >= 0 && recognition.confidence <= 1, "confidence is from 0 to 1");
    if (recognition.confidence > 0) {
        const LockReading reading = family.read(sample);
        fuzz::require(reading.holders.size() <= size_t(maximumSampleElements), "no more holders than elements");
        LockRecord record;
        (void)setHolders(record, reading, Milliseconds(1));
        (void)leaseTimes(sample.ttlMs, reading.holders);
        for (const LockHolder& holder : reading.holders) {
            (void)family.ownerHints(holder.token);
            (void)family.operatorToken(holder.token, "ops@host");
        }
    }
    (void)family.isAuxiliary(sample.key, sample.type);
    (void)family.auxiliaryKeys(sample.key);
    (void)family.waiters(sample.key);
    (void)family.fencingCounter(sample.key);
    (void)family.meaningOf(sample.value.left(32));
    const QList<QByteArray> keys = family.releaseKeys(sample.key);
    fuzz::require(!keys.isEmpty() && keys.first() == sample.key, "a release names its lock first");
    (void)family.releaseArguments(sample.key);
    for (int act = 0; act < lockActCount; ++act)
        (void)family.actRecipe(LockAct(act));
}

} // namespace

void fuzz::family(QByteArrayView bytes)
{
    ByteSource source(bytes);
    const KeySample sample = sampleOf(source);
    const FamilyRegistry& registry = FamilyRegistry::builtIn();
    const FamilyMatch match = registry.recognise(sample);
    (void)registry.isAuxiliary(sample.key, sample.type);
    (void)registry.ownerHints(match.id, sample.value);
    const QList<QByteArray> names = registry.names();
    for (const QByteArray& name : names) {
        const LockFamily& family = registry.family(registry.byName(name));
        // Each is asked only for keys of its type; what it reads then it has recognised.
        if (!family.keyType() || *family.keyType() == sample.type)
            readWith(family, sample);
    }
}

void fuzz::familyfile(QByteArrayView bytes)
{
    const QByteArray text = bytes.toByteArray();
    const FamilyFileContents contents = parseFamilyFile(text, QStringLiteral("families.conf"));
    require(contents.families.size() <= maximumDeclaredFamilies, "no more families than ids");
    for (const FamilyFileFault& fault : contents.faults)
        require(fault.line >= 1 && !fault.message.isEmpty(), "a fault has a line and a text");
    if (!contents.faults.isEmpty())
        return;
    KeySample sample;
    sample.key = text.left(64);
    sample.value = text.mid(16, 40);
    sample.elements.push_back({ text.left(16), text.mid(8, 16), 1e12 });
    sample.size = 1;
    sample.serverMs = 1'700'000'000'000;
    for (const FamilyDeclaration& declaration : contents.families) {
        const DeclaredFamily family(declaration);
        (void)family.matchesName(sample.key);
        (void)family.objection(sample);
        sample.type = declaration.type;
        readWith(family, sample);
    }
    // More families than ids are left are refused there, with an error.
    const auto registry = FamilyRegistry::builtIn().withDeclared(contents.families, contents.owners);
    if (registry)
        (void)(*registry)->recognise(sample);
}

} // namespace lockscope
