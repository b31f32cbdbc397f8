// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include <algorithm>

/// The Chinese translation is whole: every text of the sources is in it, finished, and with the same placeholders.
class TranslationFilesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lupdateFindsNothingNew_data();
    void lupdateFindsNothingNew();
    void everyMessageIsFinished();
    void placeholdersAreKept();
    void faultsAreFound();
};

namespace {

struct Message {
    QString context;
    QString source;
    QString comment;
    QStringList translations; ///< several for plural forms
    QString type; ///< `unfinished`, `vanished`, `obsolete`, or empty

    [[nodiscard]] QString name() const
    {
        // Without the namespace, which the lupdate of Qt 6.8 leaves out of some contexts.
        return context.section(QStringLiteral("::"), -1) + QStringLiteral(" | ") + source + QStringLiteral(" | ")
            + comment;
    }
};

const QString sourceRoot = QStringLiteral(LOCKSCOPE_SOURCE_DIR);

QString translationFile(const QString& language)
{
    return sourceRoot + QStringLiteral("/resources/translations/lockscope_") + language + QStringLiteral(".ts");
}

Message readMessage(QXmlStreamReader& xml, const QString& context)
{
    Message message;
    message.context = context;
    while (xml.readNextStartElement()) {
        if (xml.name() == QLatin1String("source")) {
            message.source = xml.readElementText();
        } else if (xml.name() == QLatin1String("comment")) {
            message.comment = xml.readElementText();
        } else if (xml.name() == QLatin1String("translation")) {
            message.type = xml.attributes().value(QLatin1String("type")).toString();
            QString text;
            while (!xml.atEnd() && !(xml.isEndElement() && xml.name() == QLatin1String("translation"))) {
                xml.readNext();
                if (xml.isCharacters() && !xml.isWhitespace())
                    text += xml.text();
                else if (xml.isEndElement() && xml.name() == QLatin1String("numerusform"))
                    message.translations.append(std::exchange(text, QString()));
            }
            if (message.translations.isEmpty())
                message.translations.append(text);
        } else {
            xml.skipCurrentElement();
        }
    }
    return message;
}

QList<Message> readMessages(const QString& text)
{
    QList<Message> messages;
    QXmlStreamReader xml(text);
    QString context;
    while (!xml.atEnd()) {
        if (!xml.readNextStartElement())
            continue;
        if (xml.name() == QLatin1String("name"))
            context = xml.readElementText();
        else if (xml.name() == QLatin1String("message"))
            messages.append(readMessage(xml, context));
    }
    return messages;
}

QString readText(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QStringList unfinished(const QList<Message>& messages)
{
    QStringList names;
    for (const Message& message : messages) {
        if (!message.type.isEmpty() || message.translations.contains(QString()))
            names.append(message.name());
    }
    return names;
}

QStringList placeholders(const QString& text)
{
    static const QRegularExpression pattern(QStringLiteral("%L?(?:[0-9]+|n)"));
    QStringList found;
    for (auto matches = pattern.globalMatch(text); matches.hasNext();)
        found.append(matches.next().captured());
    found.removeDuplicates();
    std::sort(found.begin(), found.end());
    return found;
}

QStringList withOtherPlaceholders(const QList<Message>& messages)
{
    QStringList names;
    for (const Message& message : messages) {
        for (const QString& translation : message.translations) {
            if (!translation.isEmpty() && placeholders(translation) != placeholders(message.source))
                names.append(message.name());
        }
    }
    return names;
}

/// Without our namespace: the lupdate of Qt 6.8 loses it where a header has an enumeration before the class.
QSet<QString> namesOf(const QList<Message>& messages)
{
    const QString ours = QStringLiteral("lockscope::");
    QSet<QString> names;
    for (const Message& message : messages) {
        const QString name = message.name();
        names.insert(name.startsWith(ours) ? name.mid(ours.size()) : name);
    }
    return names;
}

} // namespace

void TranslationFilesTest::lupdateFindsNothingNew_data()
{
    QTest::addColumn<QString>("language");
    QTest::addColumn<QStringList>("options");
    QTest::newRow("Chinese") << QStringLiteral("zh_CN") << QStringList();
    QTest::newRow("English plurals") << QStringLiteral("en") << QStringList(QStringLiteral("-pluralonly"));
}

void TranslationFilesTest::lupdateFindsNothingNew()
{
    QFETCH(QString, language);
    QFETCH(QStringList, options);
    QTemporaryDir folder;
    const QString fresh = folder.filePath(QStringLiteral("fresh.ts"));
    QStringList arguments { QStringLiteral("-silent"), QStringLiteral("-locations"), QStringLiteral("none"),
        QStringLiteral("-target-language"), language };
    arguments += options;
    for (const QString& room : { QStringLiteral("/core"), QStringLiteral("/ui"), QStringLiteral("/app") })
        arguments.append(sourceRoot + room);
    arguments += { QStringLiteral("-ts"), fresh };
    QProcess lupdate;
    lupdate.setProcessChannelMode(QProcess::MergedChannels);
    lupdate.start(QStringLiteral(LOCKSCOPE_LUPDATE), arguments);
    QVERIFY(lupdate.waitForFinished(120000));
    QVERIFY2(lupdate.exitCode() == 0, lupdate.readAll().constData());

    const QSet<QString> wanted = namesOf(readMessages(readText(fresh)));
    const QSet<QString> present = namesOf(readMessages(readText(translationFile(language))));
    QVERIFY(language == QLatin1String("en") || wanted.size() > 20);
    const QString missing = QStringList((wanted - present).values()).join(QLatin1Char('\n'));
    const QString stray = QStringList((present - wanted).values()).join(QLatin1Char('\n'));
    QVERIFY2(missing.isEmpty(), qPrintable(QStringLiteral("run the target update_translations; missing:\n") + missing));
    QVERIFY2(
        stray.isEmpty(), qPrintable(QStringLiteral("run the target update_translations; no longer there:\n") + stray));
}

void TranslationFilesTest::everyMessageIsFinished()
{
    for (const QString& language : { QStringLiteral("zh_CN"), QStringLiteral("en") }) {
        const QStringList names = unfinished(readMessages(readText(translationFile(language))));
        QVERIFY2(names.isEmpty(), qPrintable(language + QLatin1String(": ") + names.join(QLatin1Char('\n'))));
    }
}

void TranslationFilesTest::placeholdersAreKept()
{
    const QStringList names = withOtherPlaceholders(readMessages(readText(translationFile(QStringLiteral("zh_CN")))));
    QVERIFY2(names.isEmpty(), qPrintable(names.join(QLatin1Char('\n'))));
}

void TranslationFilesTest::faultsAreFound()
{
    const QList<Message> messages = readMessages(
        QStringLiteral("<TS><context><name>A</name>"
                       "<message><source>good %1</source><translation>gut %1</translation></message>"
                       "<message><source>open</source><translation type=\"unfinished\">offen</translation></message>"
                       "<message><source>empty</source><comment>c</comment><translation></translation></message>"
                       "<message numerus=\"yes\"><source>%n "
                       "locks</source><translation><numerusform>%n</numerusform><numerusform></numerusform>"
                       "</translation></message>"
                       "<message><source>lost %1</source><translation>fort</translation></message>"
                       "</context></TS>"));
    QCOMPARE(messages.size(), 5);
    QCOMPARE(unfinished(messages),
        QStringList(
            { QStringLiteral("A | open | "), QStringLiteral("A | empty | c"), QStringLiteral("A | %n locks | ") }));
    QCOMPARE(withOtherPlaceholders(messages), QStringList(QStringLiteral("A | lost %1 | ")));
}

QTEST_GUILESS_MAIN(TranslationFilesTest)
#include "tst_translationfiles.moc"
