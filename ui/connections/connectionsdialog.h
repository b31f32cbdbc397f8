// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connections/connectionopener.h"
#include "deployment/connectionbook.h"

#include <QDialog>
#include <QPointer>

class QLabel;
class QLineEdit;
class QPushButton;

namespace lockscope {

class ConnectionEditor;
class ConnectionTest;
class ConnectionTree;
class EnvironmentStrip;
class MessageStrip;
class PasswordWait;
class SecretStore;
class WindowFrame;

/// The saved connections: finds, adds, changes, groups, tries out, imports and opens them. Not modal.
class ConnectionsDialog final : public QDialog {
    Q_OBJECT
public:
    /// `file` and `secrets` outlive it.
    ConnectionsDialog(const ConnectionBookFile& file, SecretStore& secrets, QWidget* parent = nullptr);
    ~ConnectionsDialog() override;

    [[nodiscard]] ConnectionTree* tree() const { return m_tree; }
    [[nodiscard]] ConnectionEditor* editor() const;
    /// Opens the import with this file.
    void importFile(const QString& path);

Q_SIGNALS:
    /// `note`: why there is no password; empty where nothing is missing.
    void chosen(const lockscope::ConnectionChoice& choice, const QString& note);
    void chosenForNewWindow(const lockscope::ConnectionChoice& choice, const QString& note);
    void otherRequested(); ///< a connection that is not saved

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    [[nodiscard]] QLayout* buildSide();
    [[nodiscard]] QLayout* buildBottom();
    void wire();
    void reload();
    void showBook(const Result<ConnectionBook>& book);
    void showFaults();
    /// Writes a change; says what is wrong, and answers whether it was written.
    bool change(const std::function<void(ConnectionBook&)>& change);
    void add();
    void edit();
    void openEditor(const SavedConnection& connection);
    void duplicate();
    void copySecret(const QString& from, const QString& to);
    void removeSelected();
    void undo();
    void forgetRemoved();
    void move(const QStringList& ids, const QString& group, const QString& before);
    void shift(int by);
    void open(bool inNewWindow);
    void test();
    void chooseImport();
    void setAside();
    void updateButtons();
    [[nodiscard]] const SavedConnection* current() const;

    const ConnectionBookFile& m_file;
    SecretStore& m_secrets;
    ConnectionBook m_book;
    struct Removed {
        SavedConnection connection;
        int index = 0;
    };
    QList<Removed> m_removed; // in the order of the book; what undo puts back

    WindowFrame* m_frame = nullptr;
    EnvironmentStrip* m_strip;
    QLineEdit* m_search;
    ConnectionTree* m_tree;
    MessageStrip* m_fault; // of the file
    QPushButton* m_asideButton = nullptr;
    MessageStrip* m_notice;
    PasswordWait* m_wait;
    QPushButton* m_undoButton = nullptr;
    ConnectionTest* m_test;
    QPushButton* m_edit = nullptr;
    QPushButton* m_duplicate = nullptr;
    QPushButton* m_delete = nullptr;
    QPushButton* m_testButton = nullptr;
    QPushButton* m_open = nullptr;
    QPushButton* m_openNew = nullptr;
    QPointer<ConnectionEditor> m_editor;
};

} // namespace lockscope
