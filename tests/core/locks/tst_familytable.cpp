// SPDX-License-Identifier: GPL-3.0-or-later

// resources/families.md is what the families say of themselves. With --update this program writes it.
#include "locks/families/familyregistry.h"
#include "support/familytable.h"

#include <QFile>
#include <QTest>

using namespace lockscope;

class TestFamilyTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void factsAreWhole();
    void fileIsUpToDate();
    void fingerprintsAreDigests();
};

namespace {

const QString tableFile = QStringLiteral(LOCKSCOPE_SOURCE_DIR "/resources/families.md");

bool update()
{
    QFile file(tableFile);
    return file.open(QIODevice::WriteOnly) && file.write(familyTable()) >= 0;
}

} // namespace

void TestFamilyTable::factsAreWhole()
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    for (const QByteArray& name : registry.names()) {
        const FamilyFacts facts = registry.family(registry.byName(name)).facts();
        for (const QByteArray text : { facts.libraries, facts.keys, facts.token, facts.renewal, facts.afterwards }) {
            QVERIFY2(!text.isEmpty(), name.constData());
            QVERIFY2(!text.contains('|') && !text.contains('\n'), name.constData());
        }
    }
}

void TestFamilyTable::fileIsUpToDate()
{
    QFile file(tableFile);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY2(file.readAll() == familyTable(), "out of date: build the target update_families");
}

void TestFamilyTable::fingerprintsAreDigests()
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    QByteArrayList seen;
    for (const QByteArray& name : registry.names()) {
        for (const ScriptFingerprint& script : registry.family(registry.byName(name)).fingerprints()) {
            const QByteArray sha1(script.sha1);
            QCOMPARE(sha1.size(), 40);
            QCOMPARE(QByteArray::fromHex(sha1).toHex(), sha1);
            QVERIFY(*script.script != '\0' && *script.version != '\0');
            QVERIFY2(!seen.contains(sha1), "two families send one script"); // it would prove neither
            seen.append(sha1);
        }
    }
    QVERIFY(seen.size() > 50);
}

int main(int argc, char** argv)
{
    if (argc == 2 && qstrcmp(argv[1], "--update") == 0)
        return update() ? 0 : 1;
    TestFamilyTable test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_familytable.moc"
