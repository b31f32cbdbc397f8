// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/connectioneditor.h"

#include "common/environmentstrip.h"
#include "common/messagestrip.h"
#include "common/windowframe.h"
#include "connections/connectionfields.h"
#include "connections/connectiontest.h"
#include "connections/dialogspacing.h"
#include "connections/passwordwait.h"
#include "connections/secretstore.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr QSize editorSize { 720, 640 };

QString quotedCommand(const QStringList& command)
{
    QStringList words;
    for (QString word : command) {
        word.replace(QLatin1Char('"'), QStringLiteral("\"\"\""));
        const bool needsQuotes = word.contains(QLatin1Char(' ')) || word.isEmpty();
        words.append(needsQuotes ? QString(QLatin1Char('"') + word + QLatin1Char('"')) : word);
    }
    return words.join(QLatin1Char(' '));
}

/// One column of labels for all parts; a row without a label begins where the others' fields do.
void alignLabels(const QList<QFormLayout*>& forms, QWidget* parent)
{
    QList<QWidget*> labels;
    int widest = 0;
    for (QFormLayout* form : forms) {
        for (int i = 0; i < form->rowCount(); ++i) {
            if (!form->itemAt(i, QFormLayout::LabelRole))
                form->setWidget(i, QFormLayout::LabelRole, new QLabel(parent));
            if (QLayoutItem* item = form->itemAt(i, QFormLayout::LabelRole); item && item->widget())
                labels.append(item->widget());
        }
    }
    for (const QWidget* label : std::as_const(labels))
        widest = qMax(widest, label->sizeHint().width());
    for (QWidget* label : std::as_const(labels))
        label->setMinimumWidth(widest);
}

} // namespace

ConnectionEditor::ConnectionEditor(
    const SavedConnection& connection, const QStringList& groups, SecretStore& secrets, QWidget* parent)
    : QDialog(parent)
    , m_connection(connection)
    , m_secrets(secrets)
    , m_strip(new EnvironmentStrip(this))
    , m_name(new QLineEdit(connection.name, this))
    , m_group(new QComboBox(this))
    , m_environment(new QComboBox(this))
    , m_readOnly(new QCheckBox(tr("&Read-only: refuse every command that would write"), this))
    , m_fields(new ConnectionFields(this))
    , m_source(new QComboBox(this))
    , m_password(new QLineEdit(this))
    , m_command(new QLineEdit(quotedCommand(connection.passwordCommand), this))
    , m_sourceNote(new QLabel(this))
    , m_note(new QLineEdit(connection.note, this))
    , m_message(new MessageStrip(this))
    , m_wait(new PasswordWait(m_message, this))
    , m_test(new ConnectionTest(this))
{
    setWindowTitle(connection.id.isEmpty() ? tr("New connection") : tr("Edit connection"));
    build(groups);
    layOut();
    m_frame = new WindowFrame(this);
    showConnection();
    wire();
    showPasswordRows();
    environmentChosen();
    check();
    resize(editorSize);
}

ConnectionEditor::~ConnectionEditor() = default;

void ConnectionEditor::build(const QStringList& groups)
{
    m_group->setEditable(true);
    m_group->addItem(QString());
    m_group->addItems(groups);
    m_group->lineEdit()->setPlaceholderText(tr("none; Europe/Shops is a folder in a folder"));
    const QList<std::pair<QString, Environment>> environments { { tr("Not specified"), Environment::Unspecified },
        { tr("Development"), Environment::Development }, { tr("Staging"), Environment::Staging },
        { tr("Production"), Environment::Production } };
    for (const auto& [text, value] : environments)
        m_environment->addItem(text, int(value));
    const QList<std::pair<QString, PasswordSource>> sources { { tr("Kept in the desktop's secret service"),
                                                                  PasswordSource::Keychain },
        { tr("Asked when the server wants it"), PasswordSource::Ask },
        { tr("Printed by a command"), PasswordSource::Command }, { tr("There is none"), PasswordSource::None } };
    for (const auto& [text, value] : sources)
        m_source->addItem(text, int(value));
    m_password->setEchoMode(QLineEdit::Password);
    m_password->setObjectName(QStringLiteral("password"));
    m_command->setPlaceholderText(tr("for example: pass show redis/orders"));
    m_name->setPlaceholderText(tr("what you call it"));
    m_name->setObjectName(QStringLiteral("name"));
    m_sourceNote->setWordWrap(true);
    m_sourceNote->setForegroundRole(QPalette::PlaceholderText);
}

void ConnectionEditor::layOut()
{
    auto* head = new QFormLayout;
    head->setSpacing(roomBetween);
    head->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    head->addRow(tr("Na&me:"), m_name);
    head->addRow(tr("&Group:"), m_group);
    head->addRow(tr("En&vironment:"), m_environment);
    head->addRow(QString(), m_readOnly);
    auto* foot = new QFormLayout;
    foot->setSpacing(roomBetween);
    foot->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    foot->addRow(tr("Pass&word:"), m_source);
    // In one row: hidden ones of their own would keep the room between them.
    auto* secret = new QVBoxLayout;
    secret->setSpacing(roomBetween);
    for (QWidget* widget : std::initializer_list<QWidget*> { m_password, m_command, m_sourceNote })
        secret->addWidget(widget);
    foot->addRow(QString(), secret);
    foot->addRow(tr("N&ote:"), m_note);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_saveButton = buttons->addButton(tr("&Save"), QDialogButtonBox::AcceptRole);
    m_saveButton->setDefault(true);
    m_testButton = buttons->addButton(tr("&Test the connection"), QDialogButtonBox::ActionRole);
    auto* body = new QVBoxLayout;
    body->setSpacing(roomBetween);
    body->setContentsMargins(12, 12, 12, 12);
    body->addLayout(head);
    body->addWidget(m_fields);
    body->addLayout(foot);
    body->addStretch(0);
    body->addWidget(m_test, 1);
    body->addWidget(m_message);
    body->addWidget(buttons);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_strip);
    layout->addLayout(body, 1);
    alignLabels({ head, qobject_cast<QFormLayout*>(m_fields->layout()), foot }, this);
    connect(buttons, &QDialogButtonBox::accepted, this, &ConnectionEditor::save);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_testButton, &QPushButton::clicked, this, &ConnectionEditor::test);
}

void ConnectionEditor::wire()
{
    connect(m_name, &QLineEdit::textChanged, this, &ConnectionEditor::check);
    connect(m_command, &QLineEdit::textChanged, this, &ConnectionEditor::check);
    connect(m_fields, &ConnectionFields::changed, this, &ConnectionEditor::check);
    connect(m_fields, &ConnectionFields::changed, this, &ConnectionEditor::makeRoom, Qt::QueuedConnection);
    connect(m_fields, &ConnectionFields::passwordPasted, this, [this](const Secret& password) {
        m_password->setText(QString::fromUtf8(password.reveal()));
        if (source() != PasswordSource::Keychain)
            m_source->setCurrentIndex(m_source->findData(int(PasswordSource::Keychain)));
    });
    connect(m_source, &QComboBox::currentIndexChanged, this, [this] {
        showPasswordRows();
        check();
    });
    connect(m_environment, &QComboBox::currentIndexChanged, this, [this] {
        environmentChosen();
        if (!m_readOnlyTouched)
            m_readOnly->setChecked(Environment(m_environment->currentData().toInt()) == Environment::Production);
    });
    connect(m_readOnly, &QCheckBox::clicked, this, [this] { m_readOnlyTouched = true; });
}

void ConnectionEditor::showConnection()
{
    m_group->setEditText(m_connection.group);
    m_environment->setCurrentIndex(m_environment->findData(int(m_connection.environment)));
    m_readOnly->setChecked(m_connection.readOnly);
    m_readOnlyTouched = !m_connection.id.isEmpty();
    m_source->setCurrentIndex(m_source->findData(int(m_connection.passwordSource)));
    if (!m_connection.specs.isEmpty())
        m_fields->setSpecs(m_connection.specs);
}

PasswordSource ConnectionEditor::source() const { return PasswordSource(m_source->currentData().toInt()); }

Result<SavedConnection> ConnectionEditor::edited() const
{
    SavedConnection connection = m_connection;
    const Result<QList<ConnectionSpec>> specs = m_fields->specs();
    if (!specs)
        return fail(specs.error());
    connection.specs = *specs;
    connection.name = m_name->text().simplified();
    if (connection.name.isEmpty())
        return fail(ErrorKind::Usage, tr("give the connection a name"));
    connection.group = cleanGroup(m_group->currentText());
    connection.environment = Environment(m_environment->currentData().toInt());
    connection.readOnly = m_readOnly->isChecked();
    connection.note = m_note->text().trimmed();
    connection.passwordSource = source();
    connection.passwordCommand.clear();
    if (source() == PasswordSource::Command) {
        connection.passwordCommand = QProcess::splitCommand(m_command->text());
        if (connection.passwordCommand.isEmpty())
            return fail(ErrorKind::Usage, tr("name the command that prints the password"));
    }
    return connection;
}

void ConnectionEditor::check()
{
    const Result<SavedConnection> connection = edited();
    const Result<QList<ConnectionSpec>> specs = m_fields->specs();
    m_saveButton->setEnabled(connection && !m_wait->isOn());
    m_testButton->setEnabled(specs && !m_wait->isOn() && specs->first().topology != Topology::Sandbox);
    if (connection)
        m_message->clear();
    else
        m_message->showMessage(Tone::Warning, connection.error().detail);
}

void ConnectionEditor::showPasswordRows()
{
    const PasswordSource chosen = source();
    m_password->setVisible(chosen == PasswordSource::Keychain || chosen == PasswordSource::Ask);
    m_command->setVisible(chosen == PasswordSource::Command);
    const bool isKept = m_connection.passwordSource == PasswordSource::Keychain && !m_connection.id.isEmpty();
    m_password->setPlaceholderText(chosen == PasswordSource::Ask ? tr("only for this test; not kept")
            : isKept                                             ? tr("kept; type here to replace it")
                                                                 : QString());
    switch (chosen) {
    case PasswordSource::Keychain:
        m_sourceNote->setText(
            tr("The list of connections never holds it. lockscope-cli cannot read it there: for both, use a command."));
        break;
    case PasswordSource::Ask:
        m_sourceNote->setText(tr("Nothing is kept. The window asks when the server wants a password."));
        break;
    case PasswordSource::Command:
        m_sourceNote->setText(
            tr("Run without a shell; the first line that it prints is the password. The command itself "
               "is kept in the list: write no secret into it."));
        break;
    case PasswordSource::None:
        m_sourceNote->setText(tr("The server lets everybody in who reaches it."));
        break;
    }
}

void ConnectionEditor::environmentChosen()
{
    const auto environment = Environment(m_environment->currentData().toInt());
    m_strip->setEnvironment(environment);
    m_frame->setEnvironment(environment);
}

void ConnectionEditor::save()
{
    Result<SavedConnection> connection = edited();
    if (!connection) {
        check();
        return;
    }
    if (connection->id.isEmpty()) {
        if (m_newId.isEmpty())
            m_newId = newConnectionId();
        connection->id = m_newId;
    }
    keepSecret(*connection);
}

void ConnectionEditor::keepSecret(const SavedConnection& connection)
{
    const bool keeps = connection.passwordSource == PasswordSource::Keychain;
    if (!keeps || m_password->text().isEmpty()) {
        // What is not wanted any more does not stay there.
        if (!keeps && m_connection.passwordSource == PasswordSource::Keychain && !m_connection.id.isEmpty())
            forgetSecret(m_secrets, connection.id);
        Q_EMIT saveRequested(connection);
        return;
    }
    beginWait(PasswordSource::Keychain);
    m_secrets.write(connection.id, Secret(m_password->text().toUtf8()), this, [this, connection](const Status& status) {
        endWait();
        if (!status) {
            m_message->showMessage(Tone::Danger, tr("The password could not be kept: %1").arg(status.error().detail),
                tr("Choose to be asked, or a command, and save again."));
            return;
        }
        m_password->clear();
        Q_EMIT saveRequested(connection);
    });
}

void ConnectionEditor::beginWait(PasswordSource from)
{
    m_pressed = focusWidget();
    m_wait->begin(from);
    check();
}

void ConnectionEditor::endWait()
{
    m_wait->end();
    check();
    // Disabling the button has sent the focus to the next one, which is Cancel.
    if (m_pressed && qobject_cast<QPushButton*>(focusWidget()))
        m_pressed->setFocus();
}

// A new connection that was given up after its password was kept, while the list could not be written, say.
void ConnectionEditor::reject()
{
    if (!m_newId.isEmpty())
        forgetSecret(m_secrets, m_newId);
    QDialog::reject();
}

void ConnectionEditor::test()
{
    const Result<QList<ConnectionSpec>> specs = m_fields->specs();
    if (!specs)
        return;
    SavedConnection connection = m_connection;
    connection.specs = *specs;
    connection.passwordSource = source();
    connection.passwordCommand = QProcess::splitCommand(m_command->text());
    const bool usesField = m_password->isVisibleTo(this);
    if (usesField && !m_password->text().isEmpty()) {
        runTest(choiceOf(connection, Secret(m_password->text().toUtf8())), {});
        return;
    }
    if (connection.id.isEmpty() && connection.passwordSource == PasswordSource::Keychain)
        connection.passwordSource = PasswordSource::None;
    beginWait(connection.passwordSource);
    openSaved(connection, m_secrets, this, [this](const OpenedConnection& opened) {
        endWait();
        runTest(opened.choice, opened.note);
    });
}

void ConnectionEditor::runTest(const ConnectionChoice& choice, const QString& note)
{
    m_test->showNote(note);
    m_test->run(QList<ConnectionSpec> { choice.spec } + choice.furtherMasters);
    makeRoom();
}

/// Rows have come, and must not press the others; the operator's own size is never made smaller.
void ConnectionEditor::makeRoom()
{
    const int needed = layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(width()) : sizeHint().height();
    if (needed > height())
        resize(width(), needed);
}

} // namespace lockscope
