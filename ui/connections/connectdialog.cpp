// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/connectdialog.h"

#include "base/bytetext.h"
#include "common/messagestrip.h"
#include "common/settings.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QVBoxLayout>

namespace lockscope {

namespace {

constexpr int dialogWidth = 680;

QString matchesText(const QList<QByteArray>& matches)
{
    QStringList texts;
    for (const QByteArray& match : matches)
        texts += displayText(match);
    return texts.join(QLatin1Char(' '));
}

void addListenChoices(QComboBox* box, ListenChoice current)
{
    const auto add = [box](ListenChoice choice, const QString& text, const QString& tip) {
        box->addItem(text, int(choice));
        box->setItemData(box->count() - 1, tip, Qt::ToolTipRole);
    };
    add(ListenChoice::Auto, ConnectDialog::tr("Best that the server allows"),
        ConnectDialog::tr(
            "Keyspace notifications where the server publishes enough, else client tracking, else polling."));
    add(ListenChoice::Notifications, ConnectDialog::tr("Keyspace notifications"),
        ConnectDialog::tr("Tell how each lock ends. Polling where there are none."));
    add(ListenChoice::Tracking, ConnectDialog::tr("Client tracking"),
        ConnectDialog::tr("Lightest for the server and needs no CONFIG, but is not told how a lock ended."));
    add(ListenChoice::Poll, ConnectDialog::tr("Polling"),
        ConnectDialog::tr(
            "Nothing is subscribed to: the key space is read again and again, and short holds can be missed."));
    box->setCurrentIndex(box->findData(int(current)));
    box->setAccessibleName(ConnectDialog::tr("How changes are heard"));
}

} // namespace

ConnectDialog::ConnectDialog(
    const QStringList& recentUris, const ConnectionChoice& current, bool alwaysReadOnly, QWidget* parent)
    : QDialog(parent)
    , m_uri(new QComboBox(this))
    , m_password(new QLineEdit(this))
    , m_databases(new QLineEdit(current.databases.text(), this))
    , m_matches(new QLineEdit(matchesText(current.matches), this))
    , m_listen(new QComboBox(this))
    , m_readOnly(new QCheckBox(tr("&Read-only: refuse every command that would write"), this))
    , m_environment(new QComboBox(this))
    , m_environmentNote(new QLabel(this))
    , m_message(new MessageStrip(this))
{
    setWindowTitle(tr("Connect"));
    setMinimumWidth(dialogWidth);
    m_uri->setEditable(true);
    m_uri->addItems(recentUris);
    m_uri->setAccessibleName(tr("Connection URI"));
    QStringList uris { storableUri(current.spec) };
    for (const ConnectionSpec& spec : current.furtherMasters)
        uris += storableUri(spec);
    m_uri->setEditText(uris.join(QLatin1Char(' ')));
    m_databases->setPlaceholderText(tr("the one of the URI; or 0,3-5; or all"));
    m_password->setEchoMode(QLineEdit::Password);
    m_password->setPlaceholderText(tr("if it is not in the URI; never stored"));
    m_matches->setPlaceholderText(tr("for example lock:* orders:lock:*; empty: whatever looks like a lock"));
    addListenChoices(m_listen, current.listen);
    m_readOnly->setChecked(current.readOnly || alwaysReadOnly);
    m_readOnly->setEnabled(!alwaysReadOnly);
    buildEnvironment(current.environment);
    m_environmentUri = storableUri(current.spec);
    auto* forms
        = new QLabel(tr("redis://[user[:password]@]host[:port][/db]   rediss://\u2026\n"
                        "redis-sentinel://host[,host\u2026]/[db]?master=NAME   redis-cluster://host[,host\u2026]\n"
                        "unix:///path/redis.sock   sandbox:?masters=3&workload=demo   \u2026?ssh=[user@]host\n"
                        "Several, with blanks between them, are the independent masters of one quorum."),
            this);
    forms->setForegroundRole(QPalette::PlaceholderText);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_connect = buttons->addButton(tr("Co&nnect"), QDialogButtonBox::AcceptRole);
    m_connect->setDefault(true);
    QPushButton* sandbox = buttons->addButton(tr("Open the &sandbox"), QDialogButtonBox::ActionRole);
    auto* form = new QFormLayout;
    form->addRow(tr("&URI:"), m_uri);
    form->addRow(QString(), forms);
    form->addRow(tr("&Password:"), m_password);
    form->addRow(tr("&Databases:"), m_databases);
    form->addRow(tr("&Keys that are locks:"), m_matches);
    form->addRow(tr("Changes &heard by:"), m_listen);
    form->addRow(tr("&Environment:"), m_environment);
    form->addRow(QString(), m_environmentNote);
    form->addRow(QString(), m_readOnly);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(m_message);
    layout->addWidget(buttons);

    connect(m_uri, &QComboBox::editTextChanged, this, &ConnectDialog::check);
    connect(m_databases, &QLineEdit::textChanged, this, &ConnectDialog::check);
    connect(buttons, &QDialogButtonBox::accepted, this, &ConnectDialog::choose);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(sandbox, &QPushButton::clicked, this, [this] {
        m_uri->setEditText(QStringLiteral("sandbox:?workload=demo"));
        choose();
    });
    m_uri->lineEdit()->selectAll();
    m_uri->setFocus();
}

Result<ConnectionChoice> ConnectDialog::choice() const
{
    static const QRegularExpression blanks(QStringLiteral("\\s+"));
    QList<ConnectionSpec> specs;
    QStringList uris = m_uri->currentText().split(blanks, Qt::SkipEmptyParts);
    if (uris.isEmpty())
        uris += QString();
    for (const QString& uri : std::as_const(uris)) {
        Result<ConnectionSpec> parsed = parseConnectionUri(uri);
        if (!parsed)
            return fail(parsed.error());
        if ((uris.size() == 1 || parsed->password.isEmpty()) && !m_password->text().isEmpty())
            parsed->password = Secret(m_password->text().toUtf8());
        specs.append(std::move(*parsed));
    }
    const Result<DatabaseChoice> databases = parseDatabaseChoice(m_databases->text());
    if (!databases)
        return fail(databases.error());
    ConnectionChoice result;
    result.spec = specs.takeFirst();
    result.furtherMasters = specs;
    result.readOnly = m_readOnly->isChecked();
    result.databases = *databases;
    result.listen = ListenChoice(m_listen->currentData().toInt());
    result.environment = environment();
    for (const QString& match : m_matches->text().split(blanks, Qt::SkipEmptyParts))
        result.matches.append(match.toUtf8());
    return result;
}

void ConnectDialog::buildEnvironment(Environment environment)
{
    const QList<std::pair<QString, Environment>> choices { { tr("Not specified"), Environment::Unspecified },
        { tr("Development"), Environment::Development }, { tr("Staging"), Environment::Staging },
        { tr("Production"), Environment::Production } };
    for (const auto& [text, value] : choices)
        m_environment->addItem(text, int(value));
    m_environment->setAccessibleName(tr("Environment"));
    m_environmentNote->setText(tr("Remembered for this server. Production is read-only until you arm the writes."));
    m_environmentNote->setWordWrap(true);
    m_environmentNote->setForegroundRole(QPalette::PlaceholderText);
    m_environment->setCurrentIndex(m_environment->findData(int(environment)));
}

void ConnectDialog::setEnvironments(std::function<Environment(const ConnectionSpec&)> environmentOf)
{
    m_environmentOf = std::move(environmentOf);
}

void ConnectDialog::recallEnvironment(const ConnectionSpec& spec)
{
    const QString uri = storableUri(spec);
    if (!m_environmentOf || uri == m_environmentUri)
        return;
    m_environmentUri = uri;
    m_environment->setCurrentIndex(m_environment->findData(int(m_environmentOf(spec))));
}

Environment ConnectDialog::environment() const { return Environment(m_environment->currentData().toInt()); }

void ConnectDialog::check()
{
    const Result<ConnectionChoice> wanted = choice();
    if (wanted)
        recallEnvironment(wanted->spec);
    m_connect->setEnabled(wanted.has_value());
    if (wanted)
        m_message->clear();
    else
        m_message->showMessage(Tone::Warning, wanted.error().detail);
}

void ConnectDialog::choose()
{
    const Result<ConnectionChoice> wanted = choice();
    if (!wanted) {
        check();
        return;
    }
    m_password->clear();
    accept();
    Q_EMIT chosen(*wanted);
}

} // namespace lockscope
