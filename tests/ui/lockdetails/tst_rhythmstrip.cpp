// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/familyicon.h"
#include "common/icons.h"
#include "lockdetails/hextext.h"
#include "lockdetails/rhythmstrip.h"
#include "locks/families/familyregistry.h"
#include "ui/windowfixture.h"

#include <QImage>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

using Kind = RhythmPicture::Kind;

LockRecord renewing(SteadyTime now, int beats, quint16 overdue = 0, int gapBefore = -1)
{
    LockRecord record;
    record.id = { 1, 1 };
    record.key = "lock:job";
    record.token = "t";
    record.lease = 9s;
    LockRhythm rhythm;
    rhythm.periodMs = 3000;
    rhythm.overdue = rhythm.missed = overdue;
    const SteadyTime last = now - 1s - Milliseconds(3000) * overdue;
    for (int i = 0; i < beats; ++i)
        rhythm.beats.push_back({ last - Milliseconds(3000) * (beats - 1 - i), i == gapBefore ? -1 : 6000, 9000 });
    rhythm.lastBeat = last;
    record.extras.set(&LockExtras::rhythm, std::make_shared<const LockRhythm>(rhythm));
    record.deadline = last + 9s;
    record.firstSeen = rhythm.beats.front().at - 3s;
    record.verifiedAt = now;
    return record;
}

int count(const RhythmPicture& picture, Kind kind)
{
    return int(std::count_if(picture.stretches.begin(), picture.stretches.end(),
        [kind](const RhythmPicture::Stretch& stretch) { return stretch.kind == kind; }));
}

} // namespace

class TestRhythmStrip : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aToothForEachRenewal();
    void gapsAreGaps();
    void missedBeatsAreMarked();
    void staleIsNotWatched();
    void withoutTtlThereIsNothing();
    void paintsAndTells_data();
    void paintsAndTells();
    void hexadecimalLines();
    void everyFamilyHasAnIcon();
};

void TestRhythmStrip::aToothForEachRenewal()
{
    const SteadyTime now { 1000s };
    const RhythmPicture picture = rhythmPicture(renewing(now, 5), false, now);
    QCOMPARE(count(picture, Kind::Falling), 6);
    QCOMPARE(count(picture, Kind::Ahead), 1);
    QCOMPARE(picture.beats.size(), size_t(5));
    QVERIFY(picture.missed.empty());
    for (size_t i = 1; i < picture.stretches.size(); ++i)
        QCOMPARE(picture.stretches[i].from, picture.stretches[i - 1].to);
    QCOMPARE(picture.stretches[1].fromMs, 9000);
    QCOMPARE(picture.stretches[1].toMs, 6000);
    QCOMPARE(picture.stretches.back().to, now + 8s);
    QVERIFY(picture.from < now && picture.to > now);
}

void TestRhythmStrip::gapsAreGaps()
{
    const SteadyTime now { 1000s };
    const RhythmPicture picture = rhythmPicture(renewing(now, 5, 0, 3), false, now);
    QCOMPARE(count(picture, Kind::Gap), 1);
    QCOMPARE(picture.stretches[3].kind, Kind::Gap);
}

void TestRhythmStrip::missedBeatsAreMarked()
{
    const SteadyTime now { 1000s };
    const LockRecord record = renewing(now, 4, 2);
    const RhythmPicture picture = rhythmPicture(record, false, now);
    QCOMPARE(picture.missed.size(), size_t(2));
    QCOMPARE(picture.missed[0], record.extras->rhythm->lastBeat + 3s);
}

void TestRhythmStrip::staleIsNotWatched()
{
    const SteadyTime now { 1000s };
    LockRecord record = renewing(now, 4);
    record.state = LockState::Stale;
    record.verifiedAt = now - 500ms;
    const RhythmPicture picture = rhythmPicture(record, false, now);
    QCOMPARE(picture.stretches.back().kind, Kind::Gap);
    QCOMPARE(picture.stretches.back().to, now);
}

void TestRhythmStrip::withoutTtlThereIsNothing()
{
    const SteadyTime now { 1000s };
    LockRecord record = renewing(now, 3);
    record.deadline = noDeadline;
    QVERIFY(rhythmPicture(record, false, now).isEmpty());
    record = renewing(now, 3);
    QCOMPARE(count(rhythmPicture(record, true, now), Kind::Ahead), 0);
    record.extras.set(&LockExtras::rhythm, {});
    QCOMPARE(count(rhythmPicture(record, false, now), Kind::Falling), 1);
}

void TestRhythmStrip::paintsAndTells_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TestRhythmStrip::paintsAndTells()
{
    QFETCH(const bool, dark);
    applyTheme(dark ? ThemeMode::Dark : ThemeMode::Light);
    const SteadyTime now = SystemClock::instance().now();
    RhythmStrip strip;
    strip.resize(300, 76);
    LockRecord record = renewing(now, 5, 1, 2);
    strip.show(record, false, now);
    const QImage drawn = strip.grab().toImage();
    record.deadline = noDeadline;
    QSet<QRgb> colors;
    for (int x = 0; x < drawn.width(); ++x)
        colors.insert(drawn.pixel(x, drawn.height() / 2));
    QVERIFY2(colors.size() > 4, "a saw-tooth has edges");
    QVERIFY(strip.accessibleDescription().contains(QStringLiteral("renews every 3.0 s")));
    QVERIFY(strip.accessibleDescription().contains(QStringLiteral("1 missed")));
    QStringList tips;
    for (int x = 0; x < 300; ++x)
        tips += strip.tipAt(QPoint(x, 40));
    const QString all = tips.join(QLatin1Char('\n'));
    for (const char* words : { "Renewed at", "did not come", "nobody was watching", "the lease ends at" })
        QVERIFY2(all.contains(QLatin1StringView(words)), words);
    strip.show(record, false, now);
    QVERIFY(strip.picture().isEmpty());
    QVERIFY(strip.grab().toImage() != drawn);
}

void TestRhythmStrip::hexadecimalLines()
{
    QCOMPARE(hexText(""), QString());
    QCOMPARE(hexText(QByteArray("lock\0\xff", 6)),
        QStringLiteral("00000000  6c 6f 63 6b 00 ff                                 lock.."));
    const QStringList lines = hexText(QByteArray(33, 'a'), 65536).split(QLatin1Char('\n'));
    QCOMPARE(lines.size(), 3);
    QVERIFY(lines[2].startsWith(QStringLiteral("00010020  61 ")));
}

void TestRhythmStrip::everyFamilyHasAnIcon()
{
    QSet<QString> used;
    const QList<QByteArray> names = FamilyRegistry::instance().names();
    for (const QByteArray& name : names) {
        const QString icon = familyIcon(FamilyRegistry::instance().byName(name));
        used.insert(icon);
        QVERIFY2(!themedIcon(icon).isNull(), name.constData());
        QVERIFY2(icon != QStringLiteral("family-other"), name.constData());
    }
    QVERIFY2(used.size() >= 9, "each language has its own");
    QVERIFY(!themedIcon(familyIcon(FamilyId::None)).isNull());
}

QTEST_MAIN(TestRhythmStrip)
#include "tst_rhythmstrip.moc"
