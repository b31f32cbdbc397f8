// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/countdowndelegate.h"

#include "support/testsupport.h"

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

const SteadyTime now = SteadyTime() + 1h;

LockRecord lock(Milliseconds left, Milliseconds lease, LockState state = LockState::Held)
{
    LockRecord record;
    record.id = { 1, 1 };
    record.deadline = state == LockState::NoTtl ? noDeadline : now + left;
    record.lease = lease;
    record.state = state;
    return record;
}

} // namespace

class TestCountdownDelegate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void geometry_data();
    void geometry();
    void narrowCellsKeepTheText();
    void barNeverLeavesItsCell();
    void nextStep_data();
    void nextStep();
    void colorsCanBeRead_data();
    void colorsCanBeRead();
};

void TestCountdownDelegate::geometry_data()
{
    QTest::addColumn<int>("left");
    QTest::addColumn<int>("lease");
    QTest::addColumn<LockState>("state");
    QTest::addColumn<int>("fill");
    QTest::addColumn<QString>("label");
    QTest::addColumn<LockTone>("tone");
    const auto row
        = [](const char* name, int left, int lease, LockState state, int fill, const char* label, LockTone tone) {
              QTest::newRow(name) << left << lease << state << fill << QString::fromUtf8(label) << tone;
          };
    row("full", 30000, 30000, LockState::Held, 100, "30.0 s", LockTone::Calm);
    row("half", 15000, 30000, LockState::Held, 50, "15.0 s", LockTone::Calm);
    row("a quarter", 7000, 30000, LockState::Held, 23, "7.0 s", LockTone::Soon);
    row("a tenth", 2900, 30000, LockState::Held, 10, "2.9 s", LockTone::Urgent);
    row("short lease", 1500, 1600, LockState::Held, 94, "1.5 s", LockTone::Urgent);
    row("over", -100, 30000, LockState::Held, 0, "0.0 s", LockTone::Due);
    row("due", -100, 30000, LockState::Due, 0, "due", LockTone::Due);
    row("stale", 15000, 30000, LockState::Stale, 50, "15.0 s", LockTone::Stale);
    row("no ttl", 0, 0, LockState::NoTtl, 100, "no TTL", LockTone::NoTtl);
    row("more than the lease", 60000, 30000, LockState::Held, 100, "1 m 00 s", LockTone::Calm);
    row("lease not known", 60000, 0, LockState::Held, 0, "1 m 00 s", LockTone::Calm);
}

void TestCountdownDelegate::geometry()
{
    QFETCH(int, left);
    QFETCH(int, lease);
    QFETCH(LockState, state);
    QFETCH(int, fill);
    QFETCH(QString, label);
    QFETCH(LockTone, tone);
    const QRect cell(10, 20, 168, 25);
    const auto geometry = countdownGeometry(lock(Milliseconds(left), Milliseconds(lease), state), cell, 60, now);
    QCOMPARE(geometry.track.width(), 100);
    QCOMPARE(geometry.track.left(), 10);
    QCOMPARE(geometry.fill.width(), fill);
    QCOMPARE(geometry.label, label);
    QCOMPARE(geometry.tone, tone);
    QVERIFY(cell.contains(geometry.track) && cell.contains(geometry.text));
    QVERIFY(!geometry.track.intersects(geometry.text));
}

void TestCountdownDelegate::narrowCellsKeepTheText()
{
    const QRect cell(0, 0, 70, 25);
    const auto geometry = countdownGeometry(lock(15s, 30s), cell, 60, now);
    QVERIFY(geometry.track.isEmpty());
    QCOMPARE(geometry.text, cell);
}

void TestCountdownDelegate::barNeverLeavesItsCell()
{
    for (int width = 0; width < 300; width += 7) {
        for (int height = 1; height < 60; height += 3) {
            const auto geometry = countdownGeometry(lock(15s, 30s), QRect(3, 4, width, height), 60, now);
            QVERIFY(geometry.track.isEmpty() || geometry.track.right() < 3 + width);
            QVERIFY(geometry.fill.width() <= geometry.track.width());
        }
    }
}

void TestCountdownDelegate::nextStep_data()
{
    QTest::addColumn<int>("left");
    QTest::addColumn<int>("lease");
    QTest::addColumn<LockState>("state");
    QTest::addColumn<int>("step");
    QTest::newRow("tenths of seconds") << 30000 << 60000 << LockState::Held << 100;
    QTest::newRow("fast bar") << 3000 << 5000 << LockState::Held << 50;
    QTest::newRow("never faster than a frame") << 300 << 500 << LockState::Held << 33;
    QTest::newRow("whole seconds") << 600000 << 600000 << LockState::Held << 1000;
    QTest::newRow("no ttl") << 0 << 0 << LockState::NoTtl << 1000;
    QTest::newRow("due") << -1 << 500 << LockState::Due << 1000;
}

void TestCountdownDelegate::nextStep()
{
    QFETCH(int, left);
    QFETCH(int, lease);
    QFETCH(LockState, state);
    QFETCH(int, step);
    QCOMPARE(nextCountdownStep(lock(Milliseconds(left), Milliseconds(lease), state), 100, now), Milliseconds(step));
}

void TestCountdownDelegate::colorsCanBeRead_data()
{
    QTest::addColumn<bool>("dark");
    QTest::addColumn<int>("tone");
    for (const bool dark : { false, true }) {
        for (int tone = 0; tone < lockToneCount; ++tone)
            QTest::addRow("%s %d", dark ? "dark" : "light", tone) << dark << tone;
    }
}

void TestCountdownDelegate::colorsCanBeRead()
{
    QFETCH(bool, dark);
    QFETCH(int, tone);
    QPalette palette;
    // The brightest dark backgrounds and the darkest bright ones that the common styles have.
    palette.setColor(QPalette::Text, dark ? Qt::white : Qt::black);
    palette.setColor(QPalette::Base, dark ? QColor(0x2d, 0x2d, 0x2d) : QColor(0xff, 0xff, 0xff));
    const QColor alternate = dark ? QColor(0x35, 0x35, 0x35) : QColor(0xf0, 0xf0, 0xf0);
    for (const QColor& background : { palette.color(QPalette::Base), alternate }) {
        QVERIFY(contrastRatio(toneTextColor(LockTone(tone), palette), background) >= 4.5);
        QVERIFY(contrastRatio(toneColor(LockTone(tone), palette), background) >= 3);
    }
}

QTEST_MAIN(TestCountdownDelegate)
#include "tst_countdowndelegate.moc"
