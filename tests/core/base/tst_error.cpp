// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testsupport.h"

#include <QSet>

using namespace lockscope;

class ErrorTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyKindHasNameTextAndHint();
    void repliesAreClassifiedByTheirFirstWord_data();
    void repliesAreClassifiedByTheirFirstWord();
};

void ErrorTest::everyKindHasNameTextAndHint()
{
    QSet<QString> names;
    for (int i = 0; i < errorKindCount; ++i) {
        const auto kind = ErrorKind(i);
        QVERIFY(!errorName(kind).isEmpty());
        QVERIFY(!errorTitle(kind).isEmpty());
        QVERIFY(!errorHint(makeError(kind)).isEmpty());
        QVERIFY(exitStatus(kind) >= 1);
        names.insert(QString(errorName(kind)));
    }
    QCOMPARE(names.size(), errorKindCount);
}

void ErrorTest::repliesAreClassifiedByTheirFirstWord_data()
{
    QTest::addColumn<QByteArray>("reply");
    QTest::addColumn<ErrorKind>("kind");
    QTest::newRow("no auth") << QByteArray("NOAUTH Authentication required.") << ErrorKind::Authentication;
    QTest::newRow("permission 7.0") << QByteArray("NOPERM this user has no permissions") << ErrorKind::Permission;
    QTest::newRow("script stopped by ACL, 7.2")
        << QByteArray("ERR ACL failure in script: User x has no permissions") << ErrorKind::Permission;
    QTest::newRow("loading") << QByteArray("LOADING Redis is loading") << ErrorKind::Loading;
    QTest::newRow("replica") << QByteArray("READONLY You can't write") << ErrorKind::ServerReadOnly;
    QTest::newRow("renamed command") << QByteArray("ERR unknown command 'CONFIG'") << ErrorKind::NotSupported;
    QTest::newRow("one word") << QByteArray("OOM") << ErrorKind::OutOfMemory;
    QTest::newRow("other") << QByteArray("ERR syntax error") << ErrorKind::Server;
}

void ErrorTest::repliesAreClassifiedByTheirFirstWord()
{
    QFETCH(QByteArray, reply);
    QFETCH(ErrorKind, kind);
    QCOMPARE(errorFromReply(reply).kind, kind);
}

QTEST_GUILESS_MAIN(ErrorTest)
#include "tst_error.moc"
