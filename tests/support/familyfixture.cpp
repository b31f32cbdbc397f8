// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/familyfixture.h"

#include <functional>
#include <map>

namespace lockscope {

namespace {

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// Appends the escape that begins at `at` (the backslash) and answers how many bytes it took.
qsizetype appendEscape(QByteArray& word, QByteArrayView line, qsizetype at)
{
    if (at + 3 < line.size() && line[at + 1] == 'x') {
        word += QByteArray::fromHex(line.sliced(at + 2, 2).toByteArray());
        return 4;
    }
    if (at + 1 < line.size())
        word += line[at + 1];
    return 2;
}

/// Reads one file line by line; each kind of line is one function that answers whether it was well formed.
class Parser {
public:
    explicit Parser(const QString& file)
        : m_file(file)
    {
    }

    void read(const QByteArray& line, int number)
    {
        const QByteArray trimmed = line.trimmed();
        if (trimmed.isEmpty() || trimmed.startsWith('#'))
            return;
        m_line = number;
        const std::optional<QByteArrayList> words = fixtureWords(trimmed);
        if (!words) {
            fault("a quote that does not end");
            return;
        }
        const QByteArray verb = words->first();
        m_rest = trimmed.mid(verb.size()).trimmed();
        if (verb != "case" && m_result.cases.isEmpty())
            fault("before the first case");
        else if (!dispatch(verb, words->mid(1)))
            fault("not understood: " + trimmed);
    }

    FixtureFile result() && { return std::move(m_result); }

private:
    using Words = QByteArrayList;

    void fault(const QByteArray& text)
    {
        m_result.faults.append(
            m_file + QLatin1Char(':') + QString::number(m_line) + QLatin1String(": ") + QString::fromUtf8(text));
    }

    FamilyCase& current() { return m_result.cases.last(); }
    ExpectedLock& lock() { return current().locks.last(); }

    bool dispatch(const QByteArray& verb, const Words& words)
    {
        using Reader = bool (Parser::*)(const Words&);
        static const std::map<QByteArray, Reader> ofCase {
            { "case", &Parser::readCase },
            { ">", &Parser::readCommand },
            { "served", &Parser::readServed },
            { "named", &Parser::readNamed },
            { "not-a-lock", &Parser::readNotALock },
            { "unlikely", &Parser::readUnlikely },
            { "lock", &Parser::readLock },
        };
        static const std::map<QByteArray, Reader> ofLock {
            { "rule", &Parser::readRule },
            { "confidence", &Parser::readConfidence },
            { "holder", &Parser::readHolder },
            { "owner", &Parser::readOwner },
            { "auxiliary", &Parser::readAuxiliary },
            { "waiters", &Parser::readWaiters },
            { "changed", &Parser::readChanged },
            { "release", &Parser::readRelease },
        };
        static const std::map<QByteArray, Reader> ofRelease {
            { "message", &Parser::readMessage },
            { "gone", &Parser::readGone },
            { "left", &Parser::readLeft },
        };
        if (const auto found = ofCase.find(verb); found != ofCase.end())
            return (this->*found->second)(words);
        if (current().locks.isEmpty())
            return false;
        if (const auto found = ofLock.find(verb); found != ofLock.end())
            return (this->*found->second)(words);
        const auto found = ofRelease.find(verb);
        return found != ofRelease.end() && lock().release && (this->*found->second)(words);
    }

    bool readCase(const Words& words)
    {
        FamilyCase added;
        added.file = m_file;
        added.line = m_line;
        added.name = m_rest;
        m_result.cases.append(added);
        return !words.isEmpty();
    }

    bool readCommand(const Words& words)
    {
        current().commands.append(words);
        current().commandLines.append(m_line);
        return !words.isEmpty();
    }

    static bool appendOne(QByteArrayList& list, const Words& words)
    {
        list += words;
        return words.size() == 1;
    }

    bool readServed(const Words& words)
    {
        current().served += words;
        return !words.isEmpty();
    }
    bool readNamed(const Words& words) { return appendOne(current().named, words); }
    bool readNotALock(const Words& words) { return appendOne(current().notLocks, words); }
    bool readUnlikely(const Words& words) { return appendOne(current().unlikely, words); }

    /// `lock KEY family NAME mode MODE ttl yes|no`
    bool readLock(const Words& words)
    {
        ExpectedLock added;
        added.line = m_line;
        added.key = words.value(0);
        bool good = words.size() >= 3 && words.size() % 2 == 1;
        for (qsizetype i = 1; i + 1 < words.size(); i += 2) {
            if (words[i] == "family")
                added.family = words[i + 1];
            else if (words[i] == "mode")
                added.mode = words[i + 1];
            else if (words[i] == "ttl" && (words[i + 1] == "yes" || words[i + 1] == "no"))
                added.hasTtl = words[i + 1] == "yes";
            else
                good = false;
        }
        current().locks.append(added);
        return good && !added.family.isEmpty();
    }

    bool readRule(const Words& words)
    {
        lock().rule = m_rest;
        return !words.isEmpty();
    }

    bool readConfidence(const Words& words)
    {
        bool isNumber = false;
        lock().confidenceRelation = words.value(0);
        lock().confidence = words.value(1).toFloat(&isNumber);
        return isNumber && words.size() == 2 && (words[0] == ">=" || words[0] == "<=");
    }

    /// `holder TOKEN [count N]` or `holder none`
    bool readHolder(const Words& words)
    {
        if (!lock().holders)
            lock().holders = QList<ExpectedLock::Holder>();
        if (m_rest == "none")
            return true;
        ExpectedLock::Holder holder { words.value(0), std::nullopt };
        if (words.size() == 3 && words[1] == "count")
            holder.count = words[2].toLongLong();
        lock().holders->append(holder);
        return words.size() == 1 || (words.size() == 3 && words[1] == "count");
    }

    bool readOwner(const Words& words)
    {
        if (m_rest == "none") {
            lock().ownerless = true;
            return true;
        }
        lock().owners.append(words);
        return words.size() == 2;
    }

    bool readAuxiliary(const Words& words) { return appendOne(lock().auxiliaries, words); }

    bool readWaiters(const Words& words)
    {
        lock().waiters = words;
        if (m_rest == "none")
            return true;
        const bool kind = words.value(0) == "list" || words.value(0) == "zset" || words.value(0) == "channel";
        return kind && words.size() == 2;
    }

    bool readChanged(const Words& words) { return appendOne(lock().changed, words); }

    bool readRelease(const Words& words)
    {
        lock().release = ExpectedLock::Release { m_line, words.value(0), {}, {}, {} };
        return words.size() == 1;
    }

    bool readMessage(const Words& words)
    {
        lock().release->messages.append(words);
        return words.size() == 2;
    }
    bool readGone(const Words& words) { return appendOne(lock().release->gone, words); }
    bool readLeft(const Words& words) { return appendOne(lock().release->left, words); }

    QString m_file;
    int m_line = 0;
    QByteArray m_rest; ///< the line behind its first word
    FixtureFile m_result;
};

} // namespace

std::optional<QByteArrayList> fixtureWords(QByteArrayView line)
{
    QByteArrayList words;
    qsizetype at = 0;
    while (at < line.size()) {
        if (isBlank(line[at])) {
            ++at;
            continue;
        }
        QByteArray word;
        const bool quoted = line[at] == '"';
        at += quoted ? 1 : 0;
        bool ended = !quoted;
        while (at < line.size() && (quoted || !isBlank(line[at]))) {
            if (quoted && line[at] == '"') {
                ended = true;
                ++at;
                break;
            }
            if (quoted && line[at] == '\\')
                at += appendEscape(word, line, at);
            else
                word += line[at++];
        }
        if (!ended)
            return {};
        words.append(word);
    }
    return words;
}

FixtureFile parseFixture(const QString& fileName, const QByteArray& text)
{
    Parser parser(fileName);
    int number = 0;
    for (const QByteArray& line : text.split('\n'))
        parser.read(line, ++number);
    return std::move(parser).result();
}

QByteArray withTimes(const QByteArray& word, qint64 nowMs)
{
    for (const auto& [name, value] : { std::pair<QByteArray, qint64>("@now", nowMs), { "@seconds", nowMs / 1000 } }) {
        const qsizetype at = word.indexOf(name);
        if (at < 0)
            continue;
        qsizetype end = at + name.size();
        if (end < word.size() && (word[end] == '+' || word[end] == '-')) {
            ++end;
            while (end < word.size() && word[end] >= '0' && word[end] <= '9')
                ++end;
        }
        const qint64 added = word.mid(at + name.size(), end - at - name.size()).toLongLong();
        return word.left(at) + QByteArray::number(value + added) + word.mid(end);
    }
    return word;
}

} // namespace lockscope
