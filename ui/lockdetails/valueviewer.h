// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/deployment.h"

#include <QDialog>
#include <QPointer>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;
class QTableWidget;
class QTabWidget;

namespace lockscope {

class BytesView;
class MessageStrip;

/// What stands in a key, byte for byte: a string as escaped text and in hexadecimal digits, anything else as a table of
/// its elements. Asks for the size first; what is large is fetched only on request, page by page. Nothing in it is
/// ever taken for markup.
class ValueViewer final : public QDialog {
    Q_OBJECT
public:
    /// Larger values are not fetched without asking.
    static constexpr qint64 unaskedBytes = 256 * 1024;

    /// `node` and `database` as in ValueRequest.
    ValueViewer(Deployment* deployment, const QByteArray& key, QWidget* parent = nullptr, int database = -1,
        const QString& node = {});

    void reload(); ///< from the beginning
    [[nodiscard]] const std::optional<ValuePage>& page() const { return m_page; } ///< none: not answered yet

private:
    void buildPages(class QVBoxLayout* layout);
    [[nodiscard]] QWidget* buildButtons();
    void request(const ValueRequest& request);
    void take(const Result<ValuePage>& answer);
    void fetch(); ///< the first page
    void turn(bool forward);
    void showPage();
    void showString();
    void showElements();
    void showNothing(const QString& text);
    void updateButtons();
    [[nodiscard]] QString sizeText() const;
    [[nodiscard]] QString placeText() const;
    void copyShown();

    QPointer<Deployment> m_deployment;
    const QByteArray m_key;
    const int m_database;
    const QString m_node;
    std::optional<ValuePage> m_page;
    ValueRequest m_request; ///< the last one
    QList<QByteArray> m_cursors; ///< of the pages before this one
    int m_generation = 0; ///< of requests: an answer to an earlier one is not shown
    bool m_waiting = false;

    BytesView* m_name;
    QLabel* m_facts;
    MessageStrip* m_message;
    QStackedWidget* m_pages;
    QLabel* m_nothing = nullptr;
    QTabWidget* m_string = nullptr;
    QPlainTextEdit* m_text = nullptr;
    QPlainTextEdit* m_hex = nullptr;
    QTableWidget* m_elements = nullptr;
    QLabel* m_place = nullptr;
    QPushButton* m_fetch = nullptr;
    QPushButton* m_back = nullptr;
    QPushButton* m_forward = nullptr;
    QPushButton* m_copy = nullptr;
};

} // namespace lockscope
