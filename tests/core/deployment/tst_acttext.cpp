// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/acttext.h"

#include "base/bytetext.h"
#include "locks/families/familyregistry.h"

#include <QTest>

using namespace lockscope;

/// What the dialog says it will do is what it does.
class ActTextTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyFamilyShowsItsKeysAndArguments_data();
    void everyFamilyShowsItsKeysAndArguments();
    void oneLineForEachLock();
};

void ActTextTest::everyFamilyShowsItsKeysAndArguments_data()
{
    QTest::addColumn<QByteArray>("family");
    for (const QByteArray& name : FamilyRegistry::instance().names())
        QTest::newRow(name.constData()) << name;
}

void ActTextTest::everyFamilyShowsItsKeysAndArguments()
{
    QFETCH(QByteArray, family);
    const FamilyId id = FamilyRegistry::instance().byName(family);
    const LockFamily& recipe = FamilyRegistry::instance().family(id);
    const QList<QByteArray> keys = recipe.releaseKeys("the \"lock\"");
    QString tail = QStringLiteral(" %1").arg(keys.size());
    for (const QByteArray& key : keys)
        tail += QLatin1Char(' ') + redisCliQuoted(key);
    tail += QLatin1Char(' ') + redisCliQuoted("the token") + QStringLiteral(" 0");
    for (const QByteArray& argument : recipe.releaseArguments("the \"lock\""))
        tail += QLatin1Char(' ') + redisCliQuoted(argument);
    const QString command = actCommands({ { "the \"lock\"", id, "the token", false } });
    QCOMPARE(command, QStringLiteral("EVAL ") + redisCliQuoted(recipe.releaseRecipe().luaSource) + tail);
    QVERIFY(actCommands({ { "k", id, {}, true } }).contains(QStringLiteral(" \"\" 1")));
}

void ActTextTest::oneLineForEachLock()
{
    const QString commands = actCommands({ { "a", FamilyId::None, "t", false }, { "b", FamilyId::None, "t", false } });
    QCOMPARE(commands.count(QLatin1Char('\n')), 1);
}

QTEST_GUILESS_MAIN(ActTextTest)
#include "tst_acttext.moc"
