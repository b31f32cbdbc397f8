// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <functional>

class QCompleter;
class QLineEdit;
class QStringListModel;

namespace lockscope {

/// Completes the word under the cursor of a line edit, not the whole line. Which words there are is asked when the edit
/// gets the focus: they may have changed.
class WordCompleter final : public QObject {
    Q_OBJECT
public:
    WordCompleter(QLineEdit* edit, std::function<QStringList()> words);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void offer();
    void insert(const QString& completion);
    [[nodiscard]] int wordStart() const;

    QLineEdit* m_edit;
    std::function<QStringList()> m_words;
    QStringListModel* m_list;
    QCompleter* m_completer;
};

} // namespace lockscope
