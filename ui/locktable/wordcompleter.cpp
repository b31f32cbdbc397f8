// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/wordcompleter.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QEvent>
#include <QLineEdit>
#include <QStringListModel>

namespace lockscope {

WordCompleter::WordCompleter(QLineEdit* edit, std::function<QStringList()> words)
    : QObject(edit)
    , m_edit(edit)
    , m_words(std::move(words))
    , m_list(new QStringListModel(m_words(), this))
    , m_completer(new QCompleter(m_list, this))
{
    edit->installEventFilter(this);
    m_completer->setWidget(edit);
    m_completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_completer->setCompletionMode(QCompleter::PopupCompletion);
    connect(edit, &QLineEdit::textEdited, this, &WordCompleter::offer);
    connect(m_completer, qOverload<const QString&>(&QCompleter::activated), this, &WordCompleter::insert);
}

bool WordCompleter::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_edit && event->type() == QEvent::FocusIn) {
        if (const QStringList words = m_words(); words != m_list->stringList())
            m_list->setStringList(words);
    }
    return QObject::eventFilter(watched, event);
}

int WordCompleter::wordStart() const
{
    return m_edit->cursorPosition() == 0
        ? 0
        : int(m_edit->text().lastIndexOf(QLatin1Char(' '), m_edit->cursorPosition() - 1)) + 1;
}

void WordCompleter::offer()
{
    const int start = wordStart();
    const QString word = m_edit->text().mid(start, m_edit->cursorPosition() - start);
    m_completer->setCompletionPrefix(word);
    const bool isDone = m_completer->completionCount() == 1 && m_completer->currentCompletion() == word;
    if (word.size() < 2 || m_completer->completionCount() == 0 || isDone)
        m_completer->popup()->hide();
    else
        m_completer->complete();
}

void WordCompleter::insert(const QString& completion)
{
    const int start = wordStart();
    const QString text = m_edit->text();
    m_edit->setText(text.left(start) + completion + text.mid(m_edit->cursorPosition()));
    m_edit->setCursorPosition(start + int(completion.size()));
}

} // namespace lockscope
