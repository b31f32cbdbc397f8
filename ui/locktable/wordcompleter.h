// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QCompleter;
class QLineEdit;

namespace lockscope {

/// Completes the word under the cursor of a line edit, not the whole line.
class WordCompleter final : public QObject {
    Q_OBJECT
public:
    WordCompleter(QLineEdit* edit, const QStringList& words);

private:
    void offer();
    void insert(const QString& completion);
    [[nodiscard]] int wordStart() const;

    QLineEdit* m_edit;
    QCompleter* m_completer;
};

} // namespace lockscope
