// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/importdialog.h"

#include "common/messagestrip.h"
#include "common/plaintip.h"
#include "common/theme.h"
#include "connections/secretstore.h"
#include "connections/wrappingdelegate.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFile>
#include <QHeaderView>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr QSize dialogSize { 900, 520 };
constexpr QSize smallestSize { 760, 360 };
constexpr qint64 largestFile = 32 * 1024 * 1024;
enum Column { NameColumn, StateColumn, ServerColumn, NotesColumn };

} // namespace

ImportDialog::ImportDialog(const QString& file, const ConnectionBook& book, SecretStore& secrets, QWidget* parent)
    : QDialog(parent)
    , m_secrets(secrets)
    , m_message(new MessageStrip(this))
    , m_list(new QTreeWidget(this))
    , m_withPasswords(
          new QCheckBox(tr("Keep their &passwords in the desktop's secret service; else they are dropped"), this))
{
    setWindowTitle(tr("Import connections"));
    m_list->setHeaderLabels({ tr("Name"), tr("Here"), tr("Server"), tr("Remarks") });
    m_list->setRootIsDecorated(false);
    m_list->setAlternatingRowColors(true);
    m_list->setAccessibleName(tr("Connections of the export"));
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setItemDelegate(new WrappingDelegate(m_list));
    for (const Column column : { ServerColumn, NotesColumn })
        m_list->header()->setSectionResizeMode(column, QHeaderView::Stretch);
    m_list->header()->resizeSection(NameColumn, 190);
    m_list->header()->resizeSection(StateColumn, 110);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_take = buttons->addButton(tr("&Import"), QDialogButtonBox::AcceptRole);
    m_take->setDefault(true);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_message);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_withPasswords);
    layout->addWidget(buttons);
    setMinimumSize(smallestSize);
    resize(dialogSize);
    read(file, book);
    connect(m_list, &QTreeWidget::itemChanged, this, &ImportDialog::updateButton);
    connect(buttons, &QDialogButtonBox::accepted, this, &ImportDialog::take);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    updateButton();
}

void ImportDialog::read(const QString& path, const ConnectionBook& book)
{
    m_withPasswords->hide();
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        m_message->showMessage(
            Tone::Danger, tr("The file cannot be read."), path + QStringLiteral(": ") + file.errorString());
        return;
    }
    Result<ConnectionImport> import = parseConnectionExport(file.read(largestFile + 1));
    if (!import) {
        m_message->showMessage(Tone::Danger, tr("Nothing to import."), import.error().detail);
        return;
    }
    m_import = std::move(*import);
    bool hasPasswords = false;
    for (int i = 0; i < m_import.connections.size(); ++i) {
        addRow(m_import.connections[i], book, i);
        hasPasswords = hasPasswords || !m_import.connections[i].password.isEmpty();
    }
    m_message->showMessage(Tone::Info,
        tr("An export of %1 with %Ln connections.", nullptr, int(m_import.connections.size())).arg(m_import.program),
        hasPasswords ? tr("It holds passwords in plain text: delete the file when you are done.") : QString());
    m_withPasswords->setVisible(hasPasswords);
    m_withPasswords->setChecked(hasPasswords);
}

void ImportDialog::addRow(const ImportedConnection& imported, const ConnectionBook& book, int index)
{
    const SavedConnection& connection = imported.connection;
    const bool exists = imported.isUsable && book.byUris(connection.uris());
    const QString notes = imported.notes.join(QLatin1Char('\n'));
    auto* item = new QTreeWidgetItem(m_list,
        { connection.name,
            !imported.isUsable ? tr("not usable")
                : exists       ? tr("exists")
                               : tr("new"),
            connection.uris().join(QLatin1Char(' ')), notes });
    item->setData(0, Qt::UserRole, index);
    item->setToolTip(ServerColumn, plainTip(item->text(ServerColumn)));
    item->setToolTip(NotesColumn, plainTip(imported.notes.join(QLatin1Char('\n'))));
    item->setForeground(StateColumn,
        currentColors().tone(!imported.isUsable ? Tone::Danger
                : exists                        ? Tone::Neutral
                                                : Tone::Positive));
    item->setCheckState(0, imported.isUsable && !exists ? Qt::Checked : Qt::Unchecked);
    if (!imported.isUsable)
        item->setFlags(Qt::ItemIsSelectable);
}

void ImportDialog::updateButton()
{
    int count = 0;
    for (int i = 0; i < m_list->topLevelItemCount(); ++i)
        count += m_list->topLevelItem(i)->checkState(0) == Qt::Checked ? 1 : 0;
    m_take->setEnabled(count > 0);
    m_take->setText(count > 0 ? tr("&Import %Ln connections", nullptr, count) : tr("&Import"));
}

void ImportDialog::take()
{
    QList<SavedConnection> connections;
    m_pending.clear();
    bool hasDropped = false;
    for (int i = 0; i < m_list->topLevelItemCount(); ++i) {
        const QTreeWidgetItem* item = m_list->topLevelItem(i);
        if (item->checkState(0) != Qt::Checked)
            continue;
        const ImportedConnection& imported = m_import.connections[item->data(0, Qt::UserRole).toInt()];
        connections.append(imported.connection);
        const bool keeps = m_withPasswords->isChecked() && !imported.password.isEmpty();
        m_pending.append(keeps ? imported.password : Secret());
        hasDropped = hasDropped || (!imported.password.isEmpty() && !keeps);
    }
    if (hasDropped)
        m_note = tr("The passwords were dropped; the windows ask for them.");
    m_take->setEnabled(false);
    keepNext(connections, 0);
}

// One after the other: some secret services ask the operator to unlock them at the first.
void ImportDialog::keepNext(QList<SavedConnection> connections, int index)
{
    while (index < connections.size() && m_pending[index].isEmpty())
        ++index;
    if (index == connections.size()) {
        m_pending.clear();
        m_import.connections.clear();
        accept();
        Q_EMIT imported(connections, m_note);
        return;
    }
    m_secrets.write(
        connections[index].id, m_pending[index], this, [this, connections, index](const Status& status) mutable {
            if (status)
                connections[index].passwordSource = PasswordSource::Keychain;
            else
                m_note = tr("Passwords were dropped; the windows ask for them. %1").arg(status.error().detail);
            keepNext(connections, index + 1);
        });
}

} // namespace lockscope
