// SPDX-License-Identifier: GPL-3.0-or-later

// The families file: what it says, what it may not say, and that no text at all can upset its reader.
#include "locks/families/declaredfamily.h"
#include "locks/families/familyfile.h"
#include "locks/families/familyregistry.h"
#include "support/testsupport.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>

using namespace lockscope;

class TestFamilyFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void faults_data();
    void faults();
    void everything();
    void templateWorksWhenUncommented();
    void names_data();
    void names();
    void templates_data();
    void templates();
    void owners_data();
    void owners();
    void hostileExpressionEnds();
    void idsStay();
    void corpus_data();
    void corpus();
    void mutations();

private:
    static void readAndUse(const QByteArray& text);
};

namespace {

const QString corpusFolder = QStringLiteral(LOCKSCOPE_SOURCE_DIR "/tests/fuzz/corpus/familyfile/");

QString faultsOf(const QByteArray& text)
{
    QStringList texts;
    for (const FamilyFileFault& fault : parseFamilyFile(text, QStringLiteral("f")).faults)
        texts += faultText(fault, QStringLiteral("f"));
    return texts.join(QLatin1Char('\n'));
}

} // namespace

void TestFamilyFile::faults_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("fault");
    const QByteArray good = "[family a]\nkey = a:<n>\n";
    const auto row = [](const char* what, const QByteArray& text, const char* fault) {
        QTest::newRow(what) << text << QString::fromLatin1(fault);
    };
    row("nothing", "", "");
    row("comments", "# a\n; b\n\n   # c\n", "");
    row("the least", good, "");
    row("windows line ends", "[family a]\r\nkey = a:*\r\n", "");
    row("no line end", "[family a]\nkey = a:*", "");
    row("byte order mark", "\xef\xbb\xbf[family a]\nkey = a:*\n", "");
    row("unknown key", good + "tokn = uuid\n", "f:3: unknown key 'tokn' (did you mean 'token'?)");
    row("unknown key unlike any", good + "colour = red\n", "f:3: unknown key 'colour'");
    row("twice", good + "type = hash\ntype = hash\n", "f:4: 'type' is in line 3 already");
    row("no value", good + "type =\n", "f:3: 'type' has no value");
    row("no key", "[family a]\ntype = string\n", "f:1: this family has no 'key'");
    row("outside", "key = a\n", "f:1: this belongs into a section: begin with [family NAME]");
    row("no equals sign", good + "hello\n", "f:3: a line is KEY = VALUE, [SECTION] or # a comment");
    row("bad section", "[familie a]\nkey = a\n",
        "f:1: a section is [family NAME] or [owner NAME]; a name has up to 40 letters, digits, -, _ and .");
    row("open section", "[family a\nkey = a\n",
        "f:1: a section is [family NAME] or [owner NAME]; a name has up to 40 letters, digits, -, _ and .");
    row("same name", good + "\n" + good, "f:4: the family 'a' is declared in line 1 already");
    row("built-in name", "[family redsync]\nkey = a:*\n", "f:1: 'redsync' is a built-in family: choose another name");
    row("type", good + "type = stream\n", "f:3: 'type' is one of: string, hash, set, zset, list");
    row("mode", good + "mode = shared\n", "f:3: 'mode' is one of: exclusive, read, write, semaphore");
    row("any key", "[family a]\nkey = *\n",
        "f:2: this matches any key: at least one character has to be literal\n"
        "f:2: this family has no 'key'");
    row("placeholder twice", "[family a]\nkey = <n>:<n>\n", "f:2: the placeholder <n> stands there twice");
    row("placeholder open", "[family a]\nkey = a:<n\n",
        "f:2: '<' begins a placeholder like <name>: letters, digits, - and _; write \\< for the sign itself");
    row("placeholder key", "[family a]\nkey = a:<key>\n", "f:2: <key> is the whole key: choose another name");
    row("set open", "[family a]\nkey = a:[bc\n", "f:2: '[' without ']'; write \\[ for the sign");
    row("escape", "[family a]\nkey = a:\\xq0\n", "f:2: \\x needs two hexadecimal digits");
    row("unknown placeholder", good + "queue = q:<m>\n",
        "f:3: the placeholder <m> is not in every key pattern of this family; there is always <key>");
    row("before the key", "[family a]\nqueue = q:<n>\nkey = a:<n>\n", "");
    row("not in every pattern", "[family a]\nkey = a:<n>\nkey = b:<m>\nqueue = q:<n>\n",
        "f:4: the placeholder <n> is not in every key pattern of this family; there is always <key>");
    row("the lock itself", good + "auxiliary = <key>\n", "f:3: this is the lock itself");
    row("holder of a string", good + "holder = members\n",
        "f:3: 'holder' goes only with holder = value (type = string)");
    row("holder of a set", good + "type = set\nholder = value\n",
        "f:4: 'holder' goes only with holder = members (type = set, zset)");
    row("which field", good + "type = hash\nholder = field NAME\n", "");
    row("no field", good + "type = hash\nholder = field\n",
        "f:4: 'holder' is one of: value, field NAME, fields, members, first, last, elements");
    row("deadline of a set", good + "type = set\ndeadline = score-s\n", "f:4: 'deadline' goes only with type = zset");
    row("count of a string", good + "count = value\n",
        "f:3: 'count' goes only with type = hash: count = value (holder = fields), count = field NAME (holder = field "
        "NAME)");
    row("message without channel", good + "message = x\n", "f:3: 'message' goes only with channel");
    row("both queues", good + "queue = q:<n>\nsorted-queue = z:<n>\n", "f:4: 'sorted-queue' goes only with no queue");
    row("confidence", good + "confidence = 2\n", "f:3: 'confidence' is a number from 0.5 to 1");
    row("confidence nan", good + "confidence = nan\n", "f:3: 'confidence' is a number from 0.5 to 1");
    row("wake ttl", good + "wake-list = w:<n>\nwake-ttl = 0\n",
        "f:4: 'wake-ttl' is a number of milliseconds, 1 to 86400000");
    row("token", good + "token = uid\n",
        "f:3: 'token' is one of: any, uuid, uuid1, uuid4, hex, hex32, hex40, hex64, base64, digits, letters, "
        "alphanumeric, json, or /a regular expression/");
    row("expression", good + "token = /a(/\n",
        "f:3: the regular expression: missing closing parenthesis, at character 3");
    row("owner without groups", good + "owner = ^a:\\d+$\n",
        "f:3: the regular expression has no named group; for example: ^(?<host>[^:]+):(?<pid>\\d+)$");
    row("owner section", "[owner x]\nfamilies = plain, nobody\npattern = ^(?<host>.*)$\n",
        "f:3: there is no family 'nobody'");
    row("owner section of a declared family", good + "[owner x]\nfamilies = a\npattern = ^(?<host>.*)$\n", "");
    row("owner section without a pattern", "[owner x]\nfamilies = plain\n", "f:1: this section has no 'pattern'");
    row("key of another section", "[owner x]\npattern = (?<pid>.)\nkey = a\n", "f:3: unknown key 'key'");
    row("several", good + "typ = hash\nmode = x\n",
        "f:3: unknown key 'typ' (did you mean 'type'?)\nf:4: 'mode' is one of: exclusive, read, write, semaphore");
    row("prose that is no text", good + "about = \xff\n", "f:3: this has to be UTF-8 of at most 500 bytes");
}

void TestFamilyFile::faults()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, fault);
    const QString got = faultsOf(text);
    // Where something follows from the first fault, the first is what counts.
    if (fault.contains(QLatin1String("this family has no 'key'")))
        QCOMPARE(got.section(QLatin1Char('\n'), 0, 0), fault.section(QLatin1Char('\n'), 0, 0));
    else
        QCOMPARE(got, fault);
}

void TestFamilyFile::everything()
{
    const FamilyFileContents contents = parseFamilyFile("[family jobs]\n"
                                                        "about = Jobs\n"
                                                        "key = jobs:<queue>:<id>\n"
                                                        "key = old:<id>:<queue>\n"
                                                        "type = hash\n"
                                                        "holder = fields\n"
                                                        "ignore = since, \" node\"\n"
                                                        "count = value\n"
                                                        "mode = read\n"
                                                        "ttl = required\n"
                                                        "confidence = 0.75\n"
                                                        "sorted-queue = wait:<queue>\n"
                                                        "channel = <key>:\\x00\\n\n"
                                                        "message = \"  hi \"\n"
                                                        "auxiliary = info:<id>\n"
                                                        "auxiliary = more:<id>\n"
                                                        "keep = log:<queue>\n"
                                                        "fence = fence:<id>\n",
        QStringLiteral("families.conf"));
    QVERIFY(contents.faults.isEmpty());
    QCOMPARE(contents.families.size(), size_t(1));
    const DeclaredFamily family(contents.families[0]);
    QCOMPARE(family.name(), QLatin1StringView("jobs"));
    QCOMPARE(family.facts().libraries, "Jobs");
    KeySample sample { "jobs:mail:17", {}, 5000 };
    sample.type = KeyType::Hash;
    sample.elements = { { "since", "1" }, { "b", "2" }, { "a", "x" }, { " node", "n" } };
    sample.size = 4;
    const Recognition recognition = family.recognise(sample);
    QCOMPARE(recognition.confidence, 0.75F);
    QCOMPARE(recognition.rule, "declared in families.conf, line 1");
    const LockReading reading = family.read(sample);
    QCOMPARE(reading.mode, LockMode::Read);
    const std::vector<LockHolder> holders { { "a", -1, 1, LockMode::Read }, { "b", -1, 2, LockMode::Read } };
    QVERIFY(reading.holders == holders);
    sample.ttlMs = -1;
    QCOMPARE(family.recognise(sample).confidence, 0.0F);
    QCOMPARE(family.objection(sample), "the key has no TTL");

    QCOMPARE(family.waiters("jobs:mail:17").name, QByteArray("wait:mail"));
    QVERIFY(family.waiters("old:17:mail").kind == WaiterSource::Kind::SortedSet);
    QCOMPARE(family.waiters("old:17:mail").name, QByteArray("wait:mail"));
    QCOMPARE(family.fencingCounter("jobs:mail:17"), QByteArray("fence:17"));
    QCOMPARE(family.releaseKeys("jobs:mail:17"), (QList<QByteArray> { "jobs:mail:17", "info:17", "more:17" }));
    const QList<QByteArray> arguments = family.releaseArguments("jobs:mail:17");
    QCOMPARE(arguments.mid(0, 2), (QList<QByteArray> { QByteArray("jobs:mail:17:\0\n", 15), "  hi " }));
    QCOMPARE(arguments.mid(6), (QList<QByteArray> { "since", " node" }));
    QVERIFY(family.isAuxiliary("info:17", KeyType::String));
    QVERIFY(family.isAuxiliary("fence:17", KeyType::String));
    QVERIFY(family.isAuxiliary("wait:mail", KeyType::SortedSet));
    QVERIFY(!family.isAuxiliary("wait:mail", KeyType::String));
    QVERIFY(!family.isAuxiliary("jobs:mail:17", KeyType::Hash));
}

void TestFamilyFile::templateWorksWhenUncommented()
{
    const QByteArray text = familyFileTemplate();
    const FamilyFileContents asItIs = parseFamilyFile(text, QStringLiteral("f"));
    QVERIFY(asItIs.faults.isEmpty());
    QVERIFY(asItIs.families.empty());
    QByteArray open;
    for (const QByteArray& line : text.split('\n')) {
        const bool example = line.startsWith('#') && !line.startsWith("# ");
        open += (example ? line.mid(1) : line) + '\n';
    }
    QCOMPARE(faultsOf(open), QString());
    const FamilyFileContents contents = parseFamilyFile(open, QStringLiteral("f"));
    QCOMPARE(contents.families.size(), size_t(3));
    QCOMPARE(contents.owners.size(), 1);
}

void TestFamilyFile::names_data()
{
    QTest::addColumn<QByteArray>("pattern");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<bool>("matches");
    QTest::addColumn<QByteArrayList>("taken");
    const auto row = [](const char* pattern, const QByteArray& name, bool matches, const QByteArrayList& taken = {}) {
        QTest::addRow("%s against %s", pattern, name.constData()) << QByteArray(pattern) << name << matches << taken;
    };
    row("a", "a", true);
    row("a", "b", false);
    row("a", "", false);
    row("a*", "a", true);
    row("a**c", "abc", true);
    row("*a", "bbba", true);
    row("*ab*ab", "abab", true);
    row("*ab*ab", "abb", false);
    row("a?c", "abc", true);
    row("a[b-d]c", "acc", true);
    row("a[b-d]c", "aec", false);
    row("a[^b]c", "abc", false);
    row("a[]]c", "a]c", false);
    row("a\\*", "a*", true);
    row("a\\*", "ab", false);
    row("\\x41\\<", "A<", true);
    row("lock:<n>", "lock:", false);
    row("lock:<n>", "lock:a", true, { "a" });
    row("lock:<n>", "lock:a:b", true, { "a:b" });
    row("<a>:<b>", "x:y:z", true, { "x", "y:z" });
    row("<a>:lock", "x:lock:lock", true, { "x:lock" });
    row("{<slot>}:<n>:lock", "{7}:a:b:lock", true, { "7", "a:b" });
    row("<a>:*:<b>:z", "1:2:3:4:z", true, { "1", "3:4" });
    row("<a>b<c>", "b", false);
    row("<a>b<c>", "bbb", true, { "b", "b" });
}

void TestFamilyFile::names()
{
    QFETCH(QByteArray, pattern);
    QFETCH(QByteArray, name);
    QString fault;
    const std::optional<NamePattern> parsed = NamePattern::parse(pattern, fault);
    QVERIFY2(parsed, qPrintable(fault));
    QList<QByteArray> taken;
    QTEST(parsed->matches(name, taken), "matches");
    QTEST(parsed->matches(name), "matches");
    QTEST(QByteArrayList(taken), "taken");
}

void TestFamilyFile::templates_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("key") << QByteArray("<key>:q") << QByteArray("a:1:2:q");
    QTest::newRow("placeholders") << QByteArray("<y>-<x>-<y>") << QByteArray("2-1-2");
    QTest::newRow("escapes") << QByteArray("\\<x>\\x2e*") << QByteArray("<x>.*");
}

void TestFamilyFile::templates()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, name);
    QString fault;
    const auto key = NamePattern::parse("a:<x>:<y>", fault);
    const auto parsed = NameTemplate::parse(text, { "x", "y" }, fault);
    QVERIFY2(key && parsed, qPrintable(fault));
    QList<QByteArray> taken;
    QVERIFY(key->matches("a:1:2", taken));
    QCOMPARE(parsed->expand("a:1:2", key->placeholders(), taken), name);
    QVERIFY(parsed->patternFor(*key).matches(name));
}

void TestFamilyFile::owners_data()
{
    QTest::addColumn<QByteArray>("pattern");
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<QString>("hints");
    const auto row = [](const char* what, const char* pattern, const QByteArray& token, const char* hints) {
        QTest::newRow(what) << QByteArray(pattern) << token << QString::fromUtf8(hints);
    };
    row("host and pid", "^(?<host>[^:]+):(?<pid>\\d+)", "web-1:4711:x", "host=web-1 pid=4711");
    row("no match", "^(?<host>[^:]+):(?<pid>\\d+)$", "web-1:4711:x", "");
    row("milliseconds", "(?<time_ms>\\d{13})", "x1795383564359", "created_at=2026-11-22T21:39:24.359Z");
    row("seconds", "(?<time_s>\\d{10})", "x1795383564", "created_at=2026-11-22T21:39:24.000Z");
    row("text", "@(?<time>.*)$", "x@2026-11-22T21:39:24Z", "created_at=2026-11-22T21:39:24.000Z");
    row("no time", "@(?<time>.*)$", "x@yesterday", "time=yesterday");
    row("optional group", "^(?<host>\\w+)(?::(?<job>\\w+))?$", "a", "host=a");
    row("bytes", "^(?<host>..)", "\xff\n...", "host=\\xff\\x0a");
}

void TestFamilyFile::owners()
{
    QFETCH(QByteArray, pattern);
    QFETCH(QByteArray, token);
    const FamilyFileContents contents
        = parseFamilyFile("[owner x]\npattern = " + pattern + '\n', QStringLiteral("families.conf"));
    QCOMPARE(contents.owners.size(), 1);
    QStringList texts;
    for (const OwnerHint& hint : hintsOf(contents.owners[0], token)) {
        texts += QString::fromLatin1(hint.name) + QLatin1Char('=') + hint.value;
        QCOMPARE(hint.rule, "owner pattern of families.conf, line 2");
    }
    QTEST(texts.join(QLatin1Char(' ')), "hints");
}

// Without a limit this would take longer than anybody waits.
void TestFamilyFile::hostileExpressionEnds()
{
    const FamilyFileContents contents = parseFamilyFile(
        "[family slow]\nkey = a:*\ntoken = /(a+)+b/\nowner = ^(?<host>(a|aa)+)$\n", QStringLiteral("f"));
    QVERIFY(contents.faults.isEmpty());
    const DeclaredFamily family(contents.families[0]);
    const QByteArray token = QByteArray(1000, 'a') + '!';
    QCOMPARE(family.recognise({ "a:1", token, 1000 }).confidence, 0.0F);
    QVERIFY(family.ownerHints(token).isEmpty());
}

void TestFamilyFile::idsStay()
{
    const auto parsed = [](const QByteArray& text) { return parseFamilyFile(text, QStringLiteral("f")).families; };
    const FamilyRegistry& builtIn = FamilyRegistry::builtIn();
    const auto first = builtIn.withDeclared(parsed("[family one]\nkey = 1:*\n[family two]\nkey = 2:*\n"), {});
    VERIFY_RESULT(first);
    const FamilyId one = (*first)->byName("one");
    const FamilyId two = (*first)->byName("two");
    QVERIFY(one != FamilyId::None && two != FamilyId::None && one != two);
    QCOMPARE((*first)->byName("redsync"), builtIn.byName("redsync"));
    const auto second = (*first)->withDeclared(parsed("[family three]\nkey = 1:*\n[family two]\nkey = 22:*\n"), {});
    VERIFY_RESULT(second);
    QCOMPARE((*second)->byName("two"), two);
    QVERIFY((*second)->byName("three") != one);
    // The one that is gone is still known to the records that speak of it, and to nobody else.
    QCOMPARE((*second)->name(one), QLatin1StringView("one"));
    QVERIFY((*second)->byName("one") == FamilyId::None);
    QVERIFY(!(*second)->names().contains("one"));
    QVERIFY(!(*second)->declared(one));
    QCOMPARE((*second)->recognise({ "1:x", "t", 1000 }).id, (*second)->byName("three"));
    QVERIFY((*second)->recognise({ "2:x", "t", 1000 }).id == FamilyId::None);
    // An id that an older list has never heard of is the fallback, not a crash.
    QCOMPARE((*first)->name((*second)->byName("three")), QLatin1StringView("plain"));

    auto last = *second;
    Result<std::shared_ptr<const FamilyRegistry>> next = last;
    for (int i = 0; i < 300 && next; ++i) {
        last = *next;
        next = last->withDeclared(parsed("[family n" + QByteArray::number(i) + "]\nkey = 1:*\n"), {});
    }
    QVERIFY(!next);
    QCOMPARE(next.error().kind, ErrorKind::Usage);
}

void TestFamilyFile::readAndUse(const QByteArray& text)
{
    const FamilyFileContents contents = parseFamilyFile(text, QStringLiteral("f"));
    for (const FamilyFileFault& fault : contents.faults) {
        QVERIFY(fault.line >= 1);
        QVERIFY(!fault.message.isEmpty());
    }
    if (!contents.faults.isEmpty())
        return;
    for (const FamilyDeclaration& declaration : contents.families) {
        const DeclaredFamily family(declaration);
        for (const QByteArray& key : { QByteArray(), QByteArray("a:b:c"), QByteArray(3000, ':'), text.left(100) }) {
            KeySample sample { key, text.left(1500), 1 };
            sample.type = declaration.type;
            sample.elements = { { "a", "b", 1e300 }, { text.left(50), text.left(50), -1 } };
            sample.size = 2;
            if (family.recognise(sample).confidence > 0)
                static_cast<void>(family.read(sample));
            QCOMPARE(family.releaseKeys(key).size(),
                qsizetype(1 + declaration.auxiliary.size() + (declaration.wakeList ? 1 : 0)));
            static_cast<void>(family.auxiliaryKeys(key));
            static_cast<void>(family.ownerHints(text.left(600)));
        }
    }
}

void TestFamilyFile::corpus_data()
{
    QTest::addColumn<QByteArray>("text");
    const QStringList names = QDir(corpusFolder).entryList(QDir::Files, QDir::Name);
    QVERIFY(!names.isEmpty());
    for (const QString& name : names) {
        QFile file(corpusFolder + name);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QTest::newRow(qPrintable(name)) << file.readAll();
    }
}

void TestFamilyFile::corpus()
{
    QFETCH(QByteArray, text);
    readAndUse(text);
}

void TestFamilyFile::mutations()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    QByteArray base = familyFileTemplate();
    base.replace("\n#", "\n");
    for (int round = 0; round < 2000; ++round) {
        QByteArray text = base;
        const int edits = random.bounded(1, 6);
        for (int i = 0; i < edits; ++i) {
            const qsizetype at = random.bounded(text.size());
            switch (random.bounded(3)) {
            case 0:
                text[at] = char(random.bounded(256));
                break;
            case 1:
                text.remove(at, random.bounded(1, 30));
                break;
            default:
                text.insert(at, base.mid(random.bounded(base.size()), random.bounded(1, 30)));
                break;
            }
        }
        readAndUse(text);
        if (QTest::currentTestFailed())
            return;
    }
}

QTEST_GUILESS_MAIN(TestFamilyFile)
#include "tst_familyfile.moc"
