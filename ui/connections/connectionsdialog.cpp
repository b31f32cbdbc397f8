// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/connectionsdialog.h"

#include "common/environmentstrip.h"
#include "common/icons.h"
#include "common/messagestrip.h"
#include "common/windowframe.h"
#include "connections/connectioneditor.h"
#include "connections/connectiontest.h"
#include "connections/connectiontree.h"
#include "connections/dialogspacing.h"
#include "connections/importdialog.h"
#include "connections/passwordwait.h"
#include "connections/secretstore.h"

#include <QApplication>
#include <QDateTime>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr QSize dialogSize { 980, 620 };
constexpr int smallestWidth = 800; // the servers are still to be read

} // namespace

ConnectionsDialog::ConnectionsDialog(const ConnectionBookFile& file, SecretStore& secrets, QWidget* parent)
    : QDialog(parent)
    , m_file(file)
    , m_secrets(secrets)
    , m_strip(new EnvironmentStrip(this))
    , m_search(new QLineEdit(this))
    , m_tree(new ConnectionTree(this))
    , m_fault(new MessageStrip(this))
    , m_notice(new MessageStrip(this))
    , m_wait(new PasswordWait(m_notice, this))
    , m_test(new ConnectionTest(this))
{
    setWindowTitle(tr("Connections"));
    build();
    wire();
    m_frame = new WindowFrame(this);
    setMinimumWidth(smallestWidth);
    resize(dialogSize);
    reload();
    if (m_tree->selectedIds().isEmpty() && !m_book.connections.isEmpty())
        m_tree->select(m_book.connections.first().id);
    updateButtons();
}

ConnectionsDialog::~ConnectionsDialog() { forgetRemoved(); }

void ConnectionsDialog::build()
{
    m_search->setPlaceholderText(tr("Search names, groups, servers and notes"));
    m_search->setClearButtonEnabled(true);
    m_search->setAccessibleName(tr("Search the connections"));
    m_search->addAction(themedIcon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_search->installEventFilter(this);
    m_tree->installEventFilter(this);
    m_tree->setEmptyText(tr("No connections yet"),
        tr("Add one, or import those of RedisInsight or Another Redis Desktop Manager. Passwords go to the desktop's "
           "secret service, never into the list."));
    m_asideButton = m_fault->addButton(tr("Set the file &aside and begin anew"));
    m_notice->setClosable(true);
    m_undoButton = m_notice->addButton(tr("&Undo"));
    m_undoButton->hide();

    auto* middle = new QHBoxLayout;
    middle->setSpacing(roomBetween);
    middle->addWidget(m_tree, 1);
    middle->addLayout(buildSide());
    auto* body = new QVBoxLayout;
    body->setSpacing(roomBetween);
    body->setContentsMargins(12, 12, 12, 12);
    body->addWidget(m_fault);
    body->addWidget(m_search);
    body->addLayout(middle, 2);
    body->addWidget(m_test, 1);
    body->addWidget(m_notice);
    body->addLayout(buildBottom());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_strip);
    layout->addLayout(body, 1);
}

QLayout* ConnectionsDialog::buildSide()
{
    auto* side = new QVBoxLayout;
    side->setSpacing(roomBetween);
    const auto addButton = [this, side](const QString& text, auto slot) {
        auto* button = new QPushButton(text, this);
        button->setAutoDefault(false);
        side->addWidget(button);
        connect(button, &QPushButton::clicked, this, slot);
        return button;
    };
    addButton(tr("&New\u2026"), &ConnectionsDialog::add);
    m_edit = addButton(tr("&Edit\u2026"), &ConnectionsDialog::edit);
    m_duplicate = addButton(tr("Du&plicate"), &ConnectionsDialog::duplicate);
    m_delete = addButton(tr("&Delete"), &ConnectionsDialog::removeSelected);
    side->addSpacing(12);
    m_testButton = addButton(tr("&Test"), &ConnectionsDialog::test);
    side->addSpacing(12);
    addButton(tr("&Import\u2026"), &ConnectionsDialog::chooseImport);
    side->addStretch(1);
    return side;
}

QLayout* ConnectionsDialog::buildBottom()
{
    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(roomBetween);
    const auto addBottom = [this, bottom](const QString& text) {
        auto* button = new QPushButton(text, this);
        button->setAutoDefault(false);
        bottom->addWidget(button);
        return button;
    };
    connect(addBottom(tr("&Another server\u2026")), &QPushButton::clicked, this, &ConnectionsDialog::otherRequested);
    bottom->addStretch(1);
    m_openNew = addBottom(tr("Open in a new &window"));
    m_open = addBottom(tr("&Connect"));
    m_open->setDefault(true);
    connect(addBottom(tr("Close")), &QPushButton::clicked, this, &QDialog::reject);
    return bottom;
}

void ConnectionsDialog::wire()
{
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_tree->setFilter(text);
        updateButtons();
    });
    connect(m_tree, &QTreeWidget::itemSelectionChanged, this, &ConnectionsDialog::updateButtons);
    connect(m_tree, &QTreeWidget::itemDoubleClicked, this, [this] { open(false); });
    connect(m_tree, &ConnectionTree::moveRequested, this, &ConnectionsDialog::move);
    connect(m_asideButton, &QPushButton::clicked, this, &ConnectionsDialog::setAside);
    connect(m_undoButton, &QPushButton::clicked, this, &ConnectionsDialog::undo);
    connect(m_notice, &MessageStrip::closed, this, &ConnectionsDialog::forgetRemoved);
    connect(this, &QDialog::finished, this, &ConnectionsDialog::forgetRemoved);
    // When we are deleted, the event loop, and with it the way to the secret service, may be gone.
    connect(qApp, &QGuiApplication::lastWindowClosed, this, &ConnectionsDialog::forgetRemoved);
    connect(m_open, &QPushButton::clicked, this, [this] { open(false); });
    connect(m_openNew, &QPushButton::clicked, this, [this] { open(true); });
}

ConnectionEditor* ConnectionsDialog::editor() const { return m_editor; }

void ConnectionsDialog::reload() { showBook(m_file.load()); }

void ConnectionsDialog::showBook(const Result<ConnectionBook>& book)
{
    m_book = book ? *book : ConnectionBook();
    m_tree->setBook(m_book);
    m_asideButton->setVisible(!book && book.error().kind == ErrorKind::Storage);
    if (!book)
        m_fault->showMessage(Tone::Danger, tr("The saved connections cannot be read."), book.error().detail);
    else
        showFaults();
    updateButtons();
}

void ConnectionsDialog::showFaults()
{
    if (m_book.faults.isEmpty())
        m_fault->clear();
    else
        m_fault->showMessage(Tone::Warning,
            tr("%Ln connections cannot be read; they stay in the file.", nullptr, int(m_book.faults.size())),
            m_book.faults.join(QLatin1Char('\n')));
}

bool ConnectionsDialog::change(const std::function<void(ConnectionBook&)>& change)
{
    const Result<ConnectionBook> book = m_file.update(change);
    if (!book) {
        m_undoButton->hide();
        m_notice->showMessage(Tone::Danger, tr("The change was not saved."), book.error().detail);
        return false;
    }
    showBook(book);
    return true;
}

const SavedConnection* ConnectionsDialog::current() const
{
    const QStringList ids = m_tree->selectedIds();
    return ids.size() == 1 ? m_book.byId(ids.first()) : nullptr;
}

void ConnectionsDialog::updateButtons()
{
    const SavedConnection* connection = current();
    for (QPushButton* button : { m_edit, m_duplicate })
        button->setEnabled(connection != nullptr);
    for (QPushButton* button : { m_open, m_openNew })
        button->setEnabled(connection && !m_wait->isOn());
    m_delete->setEnabled(!m_tree->selectedIds().isEmpty());
    m_testButton->setEnabled(connection && !m_wait->isOn() && connection->specs.first().topology != Topology::Sandbox);
    const Environment environment = connection ? connection->environment : Environment::Unspecified;
    m_strip->setEnvironment(environment, connection ? connection->name : QString());
    m_frame->setEnvironment(environment);
}

void ConnectionsDialog::add()
{
    SavedConnection connection;
    connection.passwordSource = PasswordSource::Keychain;
    if (const SavedConnection* beside = current())
        connection.group = beside->group;
    openEditor(connection);
}

void ConnectionsDialog::edit()
{
    if (const SavedConnection* connection = current())
        openEditor(*connection);
}

void ConnectionsDialog::openEditor(const SavedConnection& connection)
{
    m_test->stop();
    m_editor = new ConnectionEditor(connection, m_book.groups(), m_secrets, this);
    m_editor->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_editor, &ConnectionEditor::saveRequested, this, [this](const SavedConnection& edited) {
        if (!change([&edited](ConnectionBook& book) { book.put(edited); }))
            return;
        m_editor->accept();
        m_tree->clearSelection();
        m_tree->select(edited.id);
    });
    m_editor->open();
}

void ConnectionsDialog::duplicate()
{
    const SavedConnection* original = current();
    if (!original)
        return;
    SavedConnection copy = *original;
    copy.id = newConnectionId();
    copy.name = tr("%1 (copy)").arg(original->name);
    copy.lastUsedMs = 0;
    const QString originalId = original->id;
    const bool isKept = copy.passwordSource == PasswordSource::Keychain;
    if (!change([&copy, &originalId](
                    ConnectionBook& book) { book.connections.insert(qMax(0, book.indexOf(originalId) + 1), copy); }))
        return;
    m_tree->clearSelection();
    m_tree->select(copy.id);
    if (isKept)
        copySecret(originalId, copy.id);
}

void ConnectionsDialog::copySecret(const QString& from, const QString& to)
{
    const auto complain = [this](const Error& error) {
        m_undoButton->hide();
        m_notice->showMessage(Tone::Warning, tr("The copy has no password."), error.detail);
    };
    m_secrets.read(from, this, [this, to, complain](const Result<Secret>& secret) {
        if (!secret) {
            complain(secret.error());
            return;
        }
        m_secrets.write(to, *secret, this, [complain](const Status& status) {
            if (!status)
                complain(status.error());
        });
    });
}

void ConnectionsDialog::removeSelected()
{
    const QStringList ids = m_tree->selectedIds();
    if (ids.isEmpty())
        return;
    forgetRemoved();
    QList<Removed> removed;
    if (!change([&](ConnectionBook& book) {
            for (int i = 0; i < book.connections.size(); ++i) {
                if (ids.contains(book.connections[i].id))
                    removed.append({ book.connections[i], i });
            }
            book.connections.removeIf(
                [&ids](const SavedConnection& connection) { return ids.contains(connection.id); });
        }))
        return;
    m_removed = removed;
    m_undoButton->show();
    m_notice->showMessage(Tone::Info,
        removed.size() == 1 ? tr("%1 is deleted.").arg(removed.first().connection.name)
                            : tr("%Ln connections are deleted.", nullptr, int(removed.size())),
        tr("Its password is forgotten when this window closes."));
    m_undoButton->setFocus();
}

void ConnectionsDialog::undo()
{
    const QList<Removed> removed = m_removed;
    if (!change([&removed](ConnectionBook& book) {
            for (const Removed& one : removed) {
                if (!book.byId(one.connection.id))
                    book.connections.insert(qMin(one.index, int(book.connections.size())), one.connection);
            }
        }))
        return;
    m_removed.clear();
    m_undoButton->hide();
    m_notice->clear();
    m_tree->clearSelection();
    for (const Removed& one : removed)
        m_tree->select(one.connection.id);
    m_tree->setFocus();
}

// Only now: until then undo brings it back with its password.
void ConnectionsDialog::forgetRemoved()
{
    for (const Removed& one : std::as_const(m_removed)) {
        if (one.connection.passwordSource == PasswordSource::Keychain)
            forgetSecret(m_secrets, one.connection.id);
    }
    m_removed.clear();
    m_undoButton->hide();
}

void ConnectionsDialog::move(const QStringList& ids, const QString& group, const QString& before)
{
    (void)change([&](ConnectionBook& book) {
        QList<SavedConnection> moved;
        for (const QString& id : ids) {
            const int index = book.indexOf(id);
            if (index < 0)
                continue;
            SavedConnection connection = book.connections.takeAt(index);
            connection.group = group;
            moved.append(connection);
        }
        int at = before.isEmpty() ? -1 : book.indexOf(before);
        for (const SavedConnection& connection : moved)
            book.connections.insert(at < 0 ? book.connections.size() : at++, connection);
    });
}

/// One place up or down among those of the same group.
void ConnectionsDialog::shift(int by)
{
    const SavedConnection* connection = current();
    if (!connection)
        return;
    const QString id = connection->id;
    (void)change([&id, by](ConnectionBook& book) {
        const int from = book.indexOf(id);
        if (from < 0)
            return;
        for (int to = from + by; to >= 0 && to < book.connections.size(); to += by) {
            if (book.connections[to].group != book.connections[from].group)
                continue;
            book.connections.swapItemsAt(from, to);
            return;
        }
    });
}

void ConnectionsDialog::open(bool inNewWindow)
{
    const SavedConnection* connection = current();
    if (!connection || m_wait->isOn())
        return;
    const SavedConnection wanted = *connection;
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    (void)change([&wanted, now](ConnectionBook& book) {
        if (const int index = book.indexOf(wanted.id); index >= 0)
            book.connections[index].lastUsedMs = now;
    });
    m_wait->begin(wanted.passwordSource);
    updateButtons();
    openSaved(wanted, m_secrets, this, [this, inNewWindow](const OpenedConnection& opened) {
        m_wait->end();
        updateButtons();
        accept();
        if (inNewWindow)
            Q_EMIT chosenForNewWindow(opened.choice, opened.note);
        else
            Q_EMIT chosen(opened.choice, opened.note);
    });
}

void ConnectionsDialog::test()
{
    const SavedConnection* connection = current();
    if (!connection)
        return;
    m_wait->begin(connection->passwordSource);
    updateButtons();
    openSaved(*connection, m_secrets, this, [this](const OpenedConnection& opened) {
        m_wait->end();
        updateButtons();
        m_test->showNote(opened.note);
        m_test->run(QList<ConnectionSpec> { opened.choice.spec } + opened.choice.furtherMasters);
    });
}

void ConnectionsDialog::chooseImport()
{
    auto* dialog = new QFileDialog(this, tr("Import connections"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({ tr("Exports (*.json *.ano)"), tr("All files (*)") });
    connect(dialog, &QFileDialog::fileSelected, this, &ConnectionsDialog::importFile);
    dialog->open();
}

void ConnectionsDialog::importFile(const QString& path)
{
    auto* dialog = new ImportDialog(path, m_book, m_secrets, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(
        dialog, &ImportDialog::imported, this, [this](const QList<SavedConnection>& connections, const QString& note) {
            if (!change([&connections](ConnectionBook& book) {
                    for (const SavedConnection& connection : connections)
                        book.put(connection);
                }))
                return;
            m_undoButton->hide();
            m_notice->showMessage(
                Tone::Positive, tr("%Ln connections are imported.", nullptr, int(connections.size())), note);
            m_tree->clearSelection();
            m_tree->select(connections.first().id);
        });
    dialog->open();
}

void ConnectionsDialog::setAside()
{
    const Result<QString> aside = m_file.setAside();
    if (!aside) {
        m_fault->showMessage(Tone::Danger, tr("The file could not be set aside."), aside.error().detail);
        return;
    }
    reload();
    m_notice->showMessage(Tone::Info, tr("The damaged file is kept."), *aside);
}

bool ConnectionsDialog::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::KeyPress)
        return QDialog::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    if (watched == m_search && key->key() == Qt::Key_Down) {
        m_tree->setFocus();
        return true;
    }
    if (watched != m_tree)
        return QDialog::eventFilter(watched, event);
    const bool alt = key->modifiers().testFlag(Qt::AltModifier);
    if (key->key() == Qt::Key_Delete)
        removeSelected();
    else if (key->key() == Qt::Key_F2)
        edit();
    else if (alt && (key->key() == Qt::Key_Up || key->key() == Qt::Key_Down))
        shift(key->key() == Qt::Key_Up ? -1 : 1);
    else if (key->matches(QKeySequence::Undo) && !m_removed.isEmpty())
        undo();
    else if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter)
        open(key->modifiers().testFlag(Qt::ControlModifier));
    else
        return QDialog::eventFilter(watched, event);
    return true;
}

} // namespace lockscope
