// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/familyfile.h"

#include <QDialog>
#include <QPointer>
#include <QTimer>

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QTabWidget;
class QTreeWidget;

namespace lockscope {

class DeclarationEditor;
class Deployment;
class FamilyFileWatcher;
class FamilyPreview;
class MessageStrip;

/// "Lock families": all families with their facts, and the operator's own declarations in an editor that says what is
/// wrong while they are typed and shows which keys they match. Saving puts them to use.
class FamiliesDialog final : public QDialog {
    Q_OBJECT
public:
    /// `file` outlives the dialog; `deployment` may be null.
    FamiliesDialog(FamilyFileWatcher& file, Deployment* deployment, QWidget* parent = nullptr);

    void setDeployment(Deployment* deployment);
    void reject() override;

private:
    void build();
    [[nodiscard]] QWidget* buildList();
    [[nodiscard]] QWidget* buildEditor();
    void fillList();
    void filterList();
    void showFacts();
    void readFile();
    void check();
    void save();
    void revert();
    void onFileLoaded();
    void updateButtons();

    FamilyFileWatcher& m_file;
    QTabWidget* m_tabs;
    QLineEdit* m_search;
    QTreeWidget* m_list;
    QLabel* m_facts;
    MessageStrip* m_message;
    QLabel* m_path;
    DeclarationEditor* m_editor;
    QListWidget* m_faults;
    FamilyPreview* m_preview;
    QPushButton* m_save;
    QPushButton* m_revert;
    QPushButton* m_close;
    QTimer m_checkSoon;
    bool m_isTemplate = false; ///< the file is not there yet
    bool m_changedOutside = false;
    bool m_askedToClose = false;
};

} // namespace lockscope
