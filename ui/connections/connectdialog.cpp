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

constexpr int dialogWidth = 560;

QString matchesText(const QList<QByteArray>& matches)
{
    QStringList texts;
    for (const QByteArray& match : matches)
        texts += displayText(match);
    return texts.join(QLatin1Char(' '));
}

} // namespace

ConnectDialog::ConnectDialog(
    const QStringList& recentUris, const ConnectionChoice& current, bool alwaysReadOnly, QWidget* parent)
    : QDialog(parent)
    , m_uri(new QComboBox(this))
    , m_password(new QLineEdit(this))
    , m_databases(new QLineEdit(current.databases.text(), this))
    , m_matches(new QLineEdit(matchesText(current.matches), this))
    , m_readOnly(new QCheckBox(tr("&Read-only: refuse every command that would write"), this))
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
    m_readOnly->setChecked(current.readOnly || alwaysReadOnly);
    m_readOnly->setEnabled(!alwaysReadOnly);
    auto* forms
        = new QLabel(tr("redis://[user[:password]@]host[:port][/db]   rediss://\u2026\n"
                        "redis-sentinel://host[,host\u2026]/[db]?master=NAME   redis-cluster://host[,host\u2026]\n"
                        "unix:///path/redis.sock   sandbox:?masters=3&workload=demo\n"
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
    for (const QString& match : m_matches->text().split(blanks, Qt::SkipEmptyParts))
        result.matches.append(match.toUtf8());
    return result;
}

void ConnectDialog::check()
{
    const Result<ConnectionChoice> wanted = choice();
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
