// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/groupspanel.h"
#include "support/testsupport.h"
#include "ui/windowfixture.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>

namespace lockscope {

namespace {

// Markup that a label would obey, what turns reading around, and what a terminal obeys when it is pasted.
const QByteArray evil = "<img src='file:///etc/passwd'><b>bold</b>\x1b[2J\x07\xe2\x80\xae\xe2\x81\xa6\xff";

bool misleads(const QString& text)
{
    for (const QChar c : text) {
        const QChar::Category category = c.category();
        // Soft hyphens, joiners and marks of our own texts are none of a key's.
        if ((category == QChar::Other_Control && c != QLatin1Char('\n') && c != QLatin1Char('\t'))
            || (c.unicode() >= 0x202a && c.unicode() <= 0x202e) || (c.unicode() >= 0x2066 && c.unicode() <= 0x2069))
            return true;
    }
    return false;
}

/// Whether the widget that shows it would take a part of a key for markup.
bool isObeyed(const QString& text, Qt::TextFormat format)
{
    const bool isRich
        = format == Qt::RichText || format == Qt::MarkdownText || (format == Qt::AutoText && Qt::mightBeRichText(text));
    return isRich && (text.contains(QLatin1StringView("<img")) || text.contains(QLatin1StringView("<b>bold")));
}

} // namespace

/// Keys and tokens of somebody who means harm, through the whole window.
class HostileTextTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingInTheWindowObeysAKey();
    void copiedTextIsHarmless();

private:
    static void checkWidgets(QWidget& top);
    static int checkModels(QWidget& top);
};

void HostileTextTest::checkWidgets(QWidget& top)
{
    const QList<QWidget*> widgets = top.findChildren<QWidget*>();
    for (const QWidget* widget : widgets) {
        QVERIFY2(!isObeyed(widget->toolTip(), Qt::AutoText), qPrintable(widget->toolTip()));
        QVERIFY2(!misleads(widget->toolTip()), qPrintable(widget->toolTip()));
        QVERIFY2(!misleads(widget->accessibleName()), qPrintable(widget->accessibleName()));
        if (const auto* label = qobject_cast<const QLabel*>(widget)) {
            QVERIFY2(!isObeyed(label->text(), label->textFormat()), qPrintable(label->text()));
            QVERIFY2(!misleads(label->text()), qPrintable(label->text()));
        }
    }
    QVERIFY2(!misleads(top.windowTitle()), qPrintable(top.windowTitle()));
}

// Every cell of every view; answers how many showed a part of the key.
int HostileTextTest::checkModels(QWidget& top)
{
    int seen = 0;
    const QList<QAbstractItemView*> views = top.findChildren<QAbstractItemView*>();
    for (const QAbstractItemView* view : views) {
        const QAbstractItemModel* const model = view->model();
        for (int row = 0; model && row < model->rowCount(); ++row) {
            for (int column = 0; column < model->columnCount(); ++column) {
                const QModelIndex cell = model->index(row, column);
                const QString text = cell.data(Qt::DisplayRole).toString();
                const QString tip = cell.data(Qt::ToolTipRole).toString();
                seen += text.contains(QLatin1StringView("<img")) ? 1 : 0;
                // Cells are drawn as they are; tips are not.
                if (misleads(text) || misleads(tip) || isObeyed(tip, Qt::AutoText)
                    || misleads(cell.data(Qt::AccessibleTextRole).toString())) {
                    QTest::qFail(qPrintable(QString(text + QLatin1Char('|') + tip)), __FILE__, __LINE__);
                    return 0;
                }
            }
        }
    }
    return seen;
}

void HostileTextTest::nothingInTheWindowObeysAKey()
{
    WindowFixture fixture;
    const QByteArray key = "lock:" + evil;
    fixture.fake->put(key, "token-" + evil, std::chrono::minutes(5), LockEventKind::Acquired);
    QTRY_VERIFY(fixture.select(key));
    QTRY_VERIFY(fixture.fake->inspections() > 0);
    fixture.action(ActionId::ShowGroups)->setChecked(true);
    fixture.window.findChild<GroupsPanel*>()->setGrouping(LockGrouping::Prefix);
    QTest::qWait(50); // lets the panels fill; what they show by then is judged
    checkWidgets(fixture.window);
    QVERIFY(checkModels(fixture.window) > 0);
}

void HostileTextTest::copiedTextIsHarmless()
{
    WindowFixture fixture;
    const QByteArray key = "lock:\x1b[2J\r" + evil;
    fixture.fake->put(key, "token", std::chrono::minutes(5), LockEventKind::Acquired);
    QTRY_VERIFY(fixture.select(key));
    QGuiApplication::clipboard()->clear();
    fixture.action(ActionId::CopyKey)->trigger();
    QTRY_VERIFY(!QGuiApplication::clipboard()->text().isEmpty());
    QVERIFY2(!misleads(QGuiApplication::clipboard()->text()), qPrintable(QGuiApplication::clipboard()->text()));
}

} // namespace lockscope

QTEST_MAIN(lockscope::HostileTextTest)
#include "tst_hostiletext.moc"
