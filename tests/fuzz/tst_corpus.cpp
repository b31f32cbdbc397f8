// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/fuzztargets.h"
#include "support/testsupport.h"

#include <QDir>
#include <QElapsedTimer>
#include <QRandomGenerator>

using namespace lockscope;

/// What the fuzzers have found and keep, on every build: each file of the corpus through its door, and a thousand
/// random changes of them.
class CorpusTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyTargetHasACorpus();
    void theCorpusDoesNoHarm_data();
    void theCorpusDoesNoHarm();
    void neitherDoChangesOfIt_data();
    void neitherDoChangesOfIt();

private:
    [[nodiscard]] static QDir folderOf(const FuzzTarget& target)
    {
        return QDir(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/tests/fuzz/corpus/") + QString::fromLatin1(target.name));
    }
    [[nodiscard]] static QByteArrayList readAll(const FuzzTarget& target);
    static void addTargets();
};

QByteArrayList CorpusTest::readAll(const FuzzTarget& target)
{
    QByteArrayList result;
    const QDir folder = folderOf(target);
    const QStringList names = folder.entryList(QDir::Files, QDir::Name);
    for (const QString& name : names) {
        QFile file(folder.filePath(name));
        if (file.open(QIODevice::ReadOnly))
            result += file.readAll();
    }
    return result;
}

void CorpusTest::addTargets()
{
    QTest::addColumn<size_t>("index");
    for (size_t i = 0; i < fuzzTargets().size(); ++i)
        QTest::newRow(fuzzTargets()[i].name) << i;
}

void CorpusTest::everyTargetHasACorpus()
{
    for (const FuzzTarget& target : fuzzTargets())
        QVERIFY2(!readAll(target).isEmpty(), target.name);
}

void CorpusTest::theCorpusDoesNoHarm_data() { addTargets(); }

void CorpusTest::theCorpusDoesNoHarm()
{
    QFETCH(size_t, index);
    const FuzzTarget& target = fuzzTargets()[index];
    for (const QByteArray& bytes : readAll(target)) {
        QElapsedTimer timer;
        timer.start();
        target.run(bytes);
        QVERIFY2(timer.elapsed() < 10'000, bytes.left(200).toPercentEncoding().constData());
    }
}

void CorpusTest::neitherDoChangesOfIt_data() { addTargets(); }

void CorpusTest::neitherDoChangesOfIt()
{
    QFETCH(size_t, index);
    const FuzzTarget& target = fuzzTargets()[index];
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    const QByteArrayList corpus = readAll(target);
    for (int i = 0; i < 1000; ++i) {
        QByteArray bytes = corpus.at(random.bounded(int(corpus.size()))).left(4096);
        for (int change = random.bounded(1, 5); change > 0 && !bytes.isEmpty(); --change) {
            const int at = random.bounded(int(bytes.size()));
            switch (random.bounded(3)) {
            case 0:
                bytes[at] = char(random.bounded(256));
                break;
            case 1:
                bytes.remove(at, random.bounded(1, 9));
                break;
            default:
                bytes.insert(at, bytes.mid(random.bounded(int(bytes.size())), random.bounded(1, 17)));
                break;
            }
        }
        target.run(bytes);
    }
}

QTEST_GUILESS_MAIN(CorpusTest)
#include "tst_corpus.moc"
