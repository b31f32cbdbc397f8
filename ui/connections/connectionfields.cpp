// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/connectionfields.h"

#include "common/icons.h"
#include "common/plaintip.h"
#include "common/settings.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QSpinBox>
#include <QToolButton>

namespace lockscope {

namespace {

constexpr int highestPort = 65535;
constexpr int highestDatabase = 1'000'000;

const QRegularExpression& blanks()
{
    static const QRegularExpression expression(QStringLiteral("\\s+"));
    return expression;
}

QString joined(const QList<ConnectionSpec>& specs)
{
    QStringList uris;
    for (const ConnectionSpec& spec : specs)
        uris.append(storableUri(spec));
    return uris.join(QLatin1Char(' '));
}

Result<QList<ConnectionSpec>> parsed(const QString& text)
{
    QList<ConnectionSpec> specs;
    QStringList uris = text.split(blanks(), Qt::SkipEmptyParts);
    if (uris.isEmpty())
        uris.append(QString());
    for (const QString& uri : std::as_const(uris)) {
        Result<ConnectionSpec> spec = parseConnectionUri(uri);
        if (!spec)
            return fail(spec.error());
        specs.append(std::move(*spec));
    }
    return specs;
}

QWidget* row(std::initializer_list<QWidget*> widgets)
{
    auto* holder = new QWidget;
    auto* layout = new QHBoxLayout(holder);
    layout->setContentsMargins(0, 0, 0, 0);
    for (QWidget* widget : widgets)
        layout->addWidget(widget, qobject_cast<QLineEdit*>(widget) ? 1 : 0);
    return holder;
}

} // namespace

ConnectionFields::ConnectionFields(QWidget* parent)
    : QWidget(parent)
    , m_form(new QFormLayout(this))
    , m_uri(new QLineEdit(this))
    , m_way(new QComboBox(this))
    , m_host(new QLineEdit(this))
    , m_port(new QSpinBox(this))
    , m_path(new QLineEdit(this))
    , m_nodes(new QLineEdit(this))
    , m_master(new QLineEdit(this))
    , m_database(new QSpinBox(this))
    , m_user(new QLineEdit(this))
    , m_scan(new QCheckBox(tr("Scan the keys on a repl&ica, to spare the master"), this))
    , m_ssh(new QLineEdit(this))
    , m_sshNote(new QLabel(this))
    , m_tls(new QCheckBox(tr("Encrypt with &TLS"), this))
    , m_serverName(new QLineEdit(this))
    , m_insecure(new QCheckBox(tr("Accept an&y certificate (insecure; a badge in the window says so)"), this))
{
    build();
    connect(m_uri, &QLineEdit::textEdited, this, &ConnectionFields::readUri);
    connect(m_uri, &QLineEdit::editingFinished, this, &ConnectionFields::tidyUri);
    connect(m_way, &QComboBox::currentIndexChanged, this, [this] {
        showRows();
        readFields();
    });
    connect(m_ssh, &QLineEdit::textChanged, this, [this](const QString& text) {
        setRow(m_sshNote, m_ssh->isVisibleTo(this) && !text.isEmpty());
        m_sshGiven = m_sshGiven || !m_updating;
    });
    for (QLineEdit* edit :
        { m_host, m_path, m_nodes, m_master, m_user, m_ssh, m_caFile, m_certFile, m_keyFile, m_serverName })
        connect(edit, &QLineEdit::textChanged, this, &ConnectionFields::readFields);
    for (QSpinBox* box : { m_port, m_database })
        connect(box, &QSpinBox::valueChanged, this, &ConnectionFields::readFields);
    for (QCheckBox* box : { m_scan, m_tls, m_insecure })
        connect(box, &QCheckBox::toggled, this, [this] {
            showRows();
            readFields();
        });
    setSpecs({ *parseConnectionUri(QStringLiteral("redis://127.0.0.1:6379/0")) });
}

void ConnectionFields::build()
{
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    for (const QString& title : { tr("One server"), tr("Unix socket"), tr("Sentinel"), tr("Cluster"),
             tr("Quorum of independent masters"), tr("Sandbox of Lockscope") })
        m_way->addItem(title);
    m_uri->setPlaceholderText(tr("paste a URI: redis://user:password@host:port/db"));
    m_uri->setClearButtonEnabled(true);
    m_uri->setObjectName(QStringLiteral("uri"));
    m_host->setObjectName(QStringLiteral("host"));
    m_port->setRange(1, highestPort);
    m_port->setAccessibleName(tr("Port"));
    m_database->setRange(0, highestDatabase);
    m_nodes->setPlaceholderText(tr("host:port, host:port"));
    m_nodes->setObjectName(QStringLiteral("nodes"));
    m_master->setPlaceholderText(tr("as the Sentinels call it, for example mymaster"));
    m_user->setPlaceholderText(tr("default"));
    m_user->setObjectName(QStringLiteral("user"));
    m_ssh->setPlaceholderText(tr("user@host, or an alias of your ssh configuration; empty: a direct link"));
    m_ssh->setObjectName(QStringLiteral("ssh"));
    m_sshNote->setText(tr("Uses this machine's ssh, your agent and ~/.ssh/config."));
    m_ssh->setToolTip(
        plainTip(tr("ssh carries every link and must get in without a question. Hosts and addresses are those "
                    "that are known over there.")));
    m_sshNote->setWordWrap(true);
    m_sshNote->setForegroundRole(QPalette::PlaceholderText);
    m_serverName->setPlaceholderText(tr("empty: the host"));
    m_host->setAccessibleName(tr("Host"));
    auto* portLabel = new QLabel(tr("P&ort:"), this);
    portLabel->setBuddy(m_port);
    m_hostRow = row({ m_host, portLabel, m_port });
    m_form->addRow(tr("&URI:"), m_uri);
    m_form->addRow(tr("&Kind:"), m_way);
    m_form->addRow(tr("&Host:"), m_hostRow);
    addFile(m_form, tr("Socket &path:"), m_path, tr("Unix socket"));
    m_form->addRow(tr("&Nodes:"), m_nodes);
    m_form->addRow(tr("&Master name:"), m_master);
    m_form->addRow(tr("&Database:"), m_database);
    m_form->addRow(tr("Us&er:"), m_user);
    m_form->addRow(tr("Through SSH:"), m_ssh);
    m_form->addRow(QString(), m_sshNote);
    m_scan->setObjectName(QStringLiteral("scan"));
    m_scan->setToolTip(
        tr("What is found there is read on its master before it is shown. A replica that is away or lags is "
           "left alone, and the window says so."));
    m_form->addRow(QString(), m_scan);
    m_form->addRow(QString(), m_tls);
    addFile(m_form, tr("C&A certificate:"), m_caFile, tr("CA certificate"));
    addFile(m_form, tr("Client certificate:"), m_certFile, tr("Client certificate"));
    addFile(m_form, tr("Client key:"), m_keyFile, tr("Client key"));
    m_form->addRow(tr("Server name (SNI):"), m_serverName);
    m_form->addRow(QString(), m_insecure);
    m_caFile->setPlaceholderText(tr("empty: those of the system"));
    m_tlsRows
        = { m_caFile->parentWidget(), m_certFile->parentWidget(), m_keyFile->parentWidget(), m_serverName, m_insecure };
    m_pathRow = m_path->parentWidget();
}

void ConnectionFields::addFile(QFormLayout* form, const QString& label, QLineEdit*& edit, const QString& title)
{
    if (edit == nullptr)
        edit = new QLineEdit(this);
    auto* choose = new QToolButton(this);
    choose->setText(tr("Choose\u2026"));
    choose->setAccessibleName(tr("Choose: %1").arg(title));
    QLineEdit* target = edit;
    connect(choose, &QToolButton::clicked, this, [this, target, title] {
        auto* dialog = new QFileDialog(this, title, target->text());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, target, &QLineEdit::setText);
        dialog->open();
    });
    form->addRow(label, row({ edit, choose }));
    if (auto* buddy = qobject_cast<QLabel*>(form->labelForField(edit->parentWidget())))
        buddy->setBuddy(edit);
    edit->setAccessibleName(title);
}

void ConnectionFields::setSpecs(const QList<ConnectionSpec>& specs)
{
    m_specs = specs;
    for (ConnectionSpec& spec : m_specs)
        spec.password = Secret();
    m_isGood = !m_specs.isEmpty();
    m_uri->setText(joined(m_specs));
    m_uri->setCursorPosition(0);
    showFields();
    Q_EMIT changed();
}

Result<QList<ConnectionSpec>> ConnectionFields::specs() const
{
    if (!m_isGood)
        return fail(m_error);
    return m_specs;
}

void ConnectionFields::readUri(const QString& text)
{
    Result<QList<ConnectionSpec>> specs = parsed(text);
    m_isGood = specs.has_value();
    if (!specs) {
        m_error = specs.error();
        Q_EMIT changed();
        return;
    }
    Secret password;
    for (ConnectionSpec& spec : *specs) {
        if (spec.password.isEmpty())
            continue;
        if (!password.isEmpty() && !(password == spec.password)) {
            m_isGood = false;
            m_error = makeError(ErrorKind::Usage, tr("the masters of one saved connection share one password"));
        }
        password = spec.password;
        spec.password = Secret();
    }
    m_specs = std::move(*specs);
    if (m_isGood && !password.isEmpty())
        Q_EMIT passwordPasted(password);
    showFields();
    // Pasted in one go; while it is typed, the line stays as it is until it is left.
    if (m_isGood && !password.isEmpty() && qAbs(text.size() - m_uri->property("last").toInt()) > 1)
        tidyUri();
    m_uri->setProperty("last", int(m_uri->text().size()));
    Q_EMIT changed();
}

void ConnectionFields::tidyUri()
{
    if (m_isGood && m_uri->text() != joined(m_specs))
        m_uri->setText(joined(m_specs));
}

ConnectionFields::Way ConnectionFields::way() const { return Way(m_way->currentIndex()); }

QString ConnectionFields::nodesText() const
{
    QStringList texts;
    for (const ConnectionSpec& spec : m_specs) {
        for (Endpoint endpoint : spec.endpoints) {
            endpoint.via.clear();
            endpoint.host.replace(QLatin1Char('%'), QLatin1StringView("%25")); // as in a URI
            texts.append(endpoint.text());
        }
    }
    return texts.join(QStringLiteral(", "));
}

void ConnectionFields::showFields()
{
    m_updating = true;
    const ConnectionSpec spec = m_specs.value(0);
    const Way way = m_specs.size() > 1        ? Way::Quorum
        : spec.topology == Topology::Sentinel ? Way::Sentinel
        : spec.topology == Topology::Cluster  ? Way::Cluster
        : spec.topology == Topology::Sandbox  ? Way::Sandbox
        : spec.link == LinkKind::Unix         ? Way::Socket
                                              : Way::Server;
    m_way->setCurrentIndex(int(way));
    m_host->setText(spec.endpoint().host);
    m_port->setValue(spec.endpoint().port == 0 ? 6379 : spec.endpoint().port);
    m_path->setText(spec.endpoint().path);
    m_nodes->setText(nodesText());
    m_master->setText(spec.sentinelMaster);
    m_database->setValue(spec.database);
    m_user->setText(spec.user);
    m_scan->setChecked(spec.scanOnReplica);
    m_ssh->setText(spec.endpoint().via);
    m_sshGiven = false;
    m_tls->setChecked(spec.link == LinkKind::Tls);
    m_caFile->setText(spec.tls.caCertificateFile);
    m_certFile->setText(spec.tls.certificateFile);
    m_keyFile->setText(spec.tls.keyFile);
    m_serverName->setText(spec.tls.serverName);
    m_insecure->setChecked(spec.tls.insecure);
    showRows();
    m_updating = false;
}

void ConnectionFields::setRow(QWidget* field, bool visible)
{
    field->setVisible(visible);
    if (QWidget* label = m_form->labelForField(field))
        label->setVisible(visible);
}

void ConnectionFields::showRows()
{
    const Way shown = way();
    const bool isNetwork = shown != Way::Socket && shown != Way::Sandbox;
    setRow(m_hostRow, shown == Way::Server);
    setRow(m_pathRow, shown == Way::Socket);
    setRow(m_nodes, shown == Way::Sentinel || shown == Way::Cluster || shown == Way::Quorum);
    setRow(m_master, shown == Way::Sentinel);
    setRow(m_database, shown != Way::Cluster && shown != Way::Sandbox);
    setRow(m_user, shown != Way::Sandbox);
    setRow(m_scan, isNetwork);
    setRow(m_ssh, isNetwork);
    setRow(m_sshNote, isNetwork && !m_ssh->text().isEmpty());
    setRow(m_tls, isNetwork);
    for (QWidget* field : std::as_const(m_tlsRows))
        setRow(field, isNetwork && m_tls->isChecked());
}

/// The masters of a quorum may each be behind another host, which one field cannot show.
QString ConnectionFields::viaOf(const Endpoint& endpoint) const
{
    for (const ConnectionSpec& spec : m_specs) {
        for (const Endpoint& known : spec.endpoints) {
            if (!m_sshGiven && known.host == endpoint.host && known.port == endpoint.port)
                return known.via;
        }
    }
    return m_ssh->text().trimmed();
}

Result<QList<Endpoint>> ConnectionFields::nodes() const
{
    QList<Endpoint> endpoints;
    static const QRegularExpression separators(QStringLiteral("[\\s,;]+"));
    const QString scheme
        = way() == Way::Sentinel ? QStringLiteral("redis-sentinel://%1?master=m") : QStringLiteral("redis://%1");
    for (const QString& node : m_nodes->text().split(separators, Qt::SkipEmptyParts)) {
        const Result<ConnectionSpec> spec = parseConnectionUri(scheme.arg(node));
        if (!spec)
            return fail(spec.error());
        Endpoint endpoint = spec->endpoint();
        endpoint.via = viaOf(endpoint);
        endpoints.append(endpoint);
    }
    if (endpoints.isEmpty())
        return fail(ErrorKind::Usage, tr("name at least one node as host:port"));
    if (way() == Way::Quorum && endpoints.size() < 2)
        return fail(ErrorKind::Usage, tr("a quorum has several masters: host:port, host:port, host:port"));
    return endpoints;
}

Status ConnectionFields::checkFields()
{
    // Starts from what is there, so that what has no field here is kept.
    ConnectionSpec spec = m_specs.value(0);
    const Way chosen = way();
    spec.topology = chosen == Way::Sentinel ? Topology::Sentinel
        : chosen == Way::Cluster            ? Topology::Cluster
        : chosen == Way::Sandbox            ? Topology::Sandbox
                                            : Topology::Standalone;
    const bool isNetwork = chosen != Way::Socket && chosen != Way::Sandbox;
    spec.link = !isNetwork ? LinkKind::Unix : m_tls->isChecked() ? LinkKind::Tls : LinkKind::Tcp;
    spec.scanOnReplica = isNetwork && m_scan->isChecked();
    spec.user = chosen == Way::Sandbox ? QString() : m_user->text().trimmed();
    spec.database = chosen == Way::Cluster || chosen == Way::Sandbox ? 0 : m_database->value();
    spec.sentinelMaster = chosen == Way::Sentinel ? m_master->text().trimmed() : QString();
    if (chosen != Way::Sandbox)
        spec.sandbox = {};
    spec.tls = {};
    if (spec.link == LinkKind::Tls)
        spec.tls = { m_caFile->text().trimmed(), m_certFile->text().trimmed(), m_keyFile->text().trimmed(),
            m_serverName->text().trimmed(), m_insecure->isChecked() };
    QList<ConnectionSpec> specs;
    if (chosen == Way::Server) {
        spec.endpoints
            = { Endpoint { m_host->text().trimmed(), quint16(m_port->value()), {}, m_ssh->text().trimmed() } };
    } else if (chosen == Way::Socket) {
        spec.endpoints = { Endpoint { {}, 0, m_path->text() } };
        if (!m_path->text().startsWith(QLatin1Char('/')))
            return fail(ErrorKind::Usage, tr("the path of a Unix socket begins with /"));
    } else if (chosen == Way::Sandbox) {
        spec.endpoints.clear();
    } else {
        const Result<QList<Endpoint>> endpoints = nodes();
        if (!endpoints)
            return fail(endpoints.error());
        spec.endpoints = *endpoints;
    }
    if (chosen == Way::Quorum) {
        for (const Endpoint& endpoint : std::as_const(spec.endpoints)) {
            ConnectionSpec master = spec;
            master.endpoints = { endpoint };
            specs.append(master);
        }
    } else {
        specs.append(spec);
    }
    Result<QList<ConnectionSpec>> checked = parsed(joined(specs));
    if (!checked)
        return fail(checked.error());
    m_specs = std::move(*checked);
    return {};
}

void ConnectionFields::readFields()
{
    if (m_updating)
        return;
    const Status status = checkFields();
    m_isGood = status.has_value();
    if (status)
        m_uri->setText(joined(m_specs));
    else
        m_error = status.error();
    m_uri->setProperty("last", int(m_uri->text().size()));
    Q_EMIT changed();
}

} // namespace lockscope
