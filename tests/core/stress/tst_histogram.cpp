// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/histogram.h"

#include <QRandomGenerator>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace lockscope;

class HistogramTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyValueKeepsThreeDigits();
    void quantilesAreThoseOfTheSortedValues();
    void theWholeRangeFits();
    void recordersMergeToTheSame();
    void aDifferenceIsWhatCameSince();
};

void HistogramTest::everyValueKeepsThreeDigits()
{
    size_t last = 0;
    for (qint64 value = 0; value <= Histogram::longest; value += std::max<qint64>(1, value / 5000)) {
        const size_t bucket = Histogram::bucketOf(value);
        QVERIFY(bucket >= last && bucket < Histogram::bucketCount);
        last = bucket;
        const qint64 edge = Histogram::upperEdge(bucket);
        QVERIFY2(
            edge >= value && edge - value <= std::max<qint64>(0, value / 1000), qPrintable(QString::number(value)));
    }
}

void HistogramTest::quantilesAreThoseOfTheSortedValues()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    Histogram histogram;
    std::vector<qint64> values;
    for (int i = 0; i < 100'000; ++i) {
        values.push_back(qint64(std::pow(10.0, random.generateDouble() * 8))); // 1 µs to 100 s
        histogram.record(values.back());
    }
    std::sort(values.begin(), values.end());
    for (const double quantile : { 0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0 }) {
        const auto rank = std::max<size_t>(1, size_t(std::ceil(quantile * double(values.size()))));
        const qint64 exact = values[rank - 1];
        QVERIFY(std::abs(histogram.valueAt(quantile) - exact) <= exact / 1000 + 1);
    }
    QCOMPARE(histogram.max(), values.back());
    QCOMPARE(histogram.count(), quint64(values.size()));
}

void HistogramTest::theWholeRangeFits()
{
    Histogram histogram;
    histogram.record(-5);
    histogram.record(0);
    histogram.record(Histogram::longest);
    histogram.record(10 * Histogram::longest);
    QCOMPARE(histogram.count(), quint64(4));
    QCOMPARE(histogram.max(), 10 * Histogram::longest);
    QCOMPARE(Histogram().valueAt(0.99), qint64(0));
}

void HistogramTest::recordersMergeToTheSame()
{
    Histogram expected;
    LatencyRecorder first;
    LatencyRecorder second;
    for (int i = 0; i < 10'000; ++i) {
        expected.record(i * 7);
        (i % 3 == 0 ? first : second).record(i * 7);
    }
    Histogram merged;
    first.addTo(merged);
    second.addTo(merged);
    QCOMPARE(merged.count(), expected.count());
    QCOMPARE(merged.max(), expected.max());
    for (const double quantile : { 0.01, 0.5, 0.999 })
        QCOMPARE(merged.valueAt(quantile), expected.valueAt(quantile));
}

void HistogramTest::aDifferenceIsWhatCameSince()
{
    Histogram early;
    early.record(10);
    Histogram late = early;
    late.record(2000);
    late.record(3000);
    const Histogram fresh = late.since(early);
    QCOMPARE(fresh.count(), quint64(2));
    QCOMPARE(fresh.valueAt(0.5), qint64(2000));
    QCOMPARE(late.since(Histogram()).count(), quint64(3));
}

QTEST_GUILESS_MAIN(HistogramTest)
#include "tst_histogram.moc"
