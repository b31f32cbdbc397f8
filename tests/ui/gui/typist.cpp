// SPDX-License-Identifier: GPL-3.0-or-later
// A plugin that the real program loads in a test: an operator who types what comes on standard input, line by line.
#include <QAbstractButton>
#include <QApplication>
#include <QGenericPlugin>
#include <QLineEdit>
#include <QPointer>
#include <QSocketNotifier>
#include <QTest>
#include <QTimer>

#include <array>

#include <unistd.h>

namespace lockscope {

/// `password WORD`: into the password field, as soon as one is shown, and Return; `click TEXT`: the button that begins
/// with it, as soon as it can be clicked; `close`: closes all windows.
class Typist final : public QObject {
public:
    Typist()
        : m_input(STDIN_FILENO, QSocketNotifier::Read)
    {
        m_look.setInterval(20);
        connect(&m_look, &QTimer::timeout, this, [this] { act(); });
        connect(&m_input, &QSocketNotifier::activated, this, [this] { read(); });
    }

private:
    void read()
    {
        std::array<char, 4096> bytes {};
        const ssize_t length = ::read(STDIN_FILENO, bytes.data(), bytes.size());
        if (length <= 0) {
            m_input.setEnabled(false);
            return;
        }
        m_pending += QByteArray(bytes.data(), length);
        m_look.start();
    }
    void act()
    {
        const qsizetype end = m_pending.indexOf('\n');
        if (end < 0) {
            m_look.stop();
            return;
        }
        const QByteArray line = m_pending.first(end);
        if (line == "close")
            QApplication::closeAllWindows();
        else if (!obey(QString::fromUtf8(line)))
            return;
        m_pending.remove(0, end + 1);
    }
    static bool obey(const QString& line)
    {
        const QString word = line.section(QLatin1Char(' '), 1);
        return line.startsWith(QStringLiteral("password ")) ? type(word)
            : line.startsWith(QStringLiteral("click "))     ? click(word)
                                                            : false;
    }
    static bool click(const QString& text)
    {
        for (QWidget* widget : QApplication::allWidgets()) {
            auto* button = qobject_cast<QAbstractButton*>(widget);
            if (!button || !button->isVisible() || !button->isEnabled()
                || !button->text().remove(QLatin1Char('&')).startsWith(text))
                continue;
            button->click();
            return true;
        }
        return false;
    }
    static bool type(const QString& word)
    {
        for (QWidget* widget : QApplication::allWidgets()) {
            auto* edit = qobject_cast<QLineEdit*>(widget);
            if (!edit || edit->echoMode() != QLineEdit::Password || !edit->isVisible())
                continue;
            const QPointer<QLineEdit> field(edit);
            QTest::keyClicks(edit, word);
            if (field)
                QTest::keyClick(edit, Qt::Key_Return);
            return true;
        }
        return false;
    }

    QSocketNotifier m_input;
    QTimer m_look;
    QByteArray m_pending;
};

class TypistPlugin final : public QGenericPlugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QGenericPluginFactoryInterface_iid FILE "typist.json")
public:
    QObject* create(const QString& /*name*/, const QString& /*specification*/) override { return new Typist; }
};

} // namespace lockscope

#include "typist.moc"
