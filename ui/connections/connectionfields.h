// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "redis/connectionuri.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace lockscope {

/// The way to the server as a URI line and as fields, kept in step both ways. A password in a pasted URI goes over to
/// whoever listens, and leaves the line.
class ConnectionFields final : public QWidget {
    Q_OBJECT
public:
    explicit ConnectionFields(QWidget* parent = nullptr);

    void setSpecs(const QList<ConnectionSpec>& specs);
    /// What line and fields say, without passwords. Errors: Usage, as the URI parser words it.
    [[nodiscard]] Result<QList<ConnectionSpec>> specs() const;

Q_SIGNALS:
    void changed();
    void passwordPasted(const lockscope::Secret& password);

private:
    enum class Way : quint8 { Server, Socket, Sentinel, Cluster, Quorum, Sandbox };

    void build();
    void addFile(QFormLayout* form, const QString& label, QLineEdit*& edit, const QString& title);
    void readUri(const QString& text);
    void tidyUri();
    void showFields();
    void showRows();
    void readFields();
    [[nodiscard]] Way way() const;
    [[nodiscard]] QString nodesText() const;
    [[nodiscard]] QString viaOf(const Endpoint& endpoint) const;
    [[nodiscard]] Result<QList<Endpoint>> nodes() const;
    [[nodiscard]] Status checkFields();
    void setRow(QWidget* field, bool visible);

    QList<ConnectionSpec> m_specs; // the last good reading
    Error m_error; // of what stands there now
    bool m_isGood = false;
    bool m_updating = false;
    bool m_sshGiven = false; // typed since the fields were filled

    QFormLayout* m_form;
    QLineEdit* m_uri;
    QComboBox* m_way;
    QLineEdit* m_host;
    QSpinBox* m_port;
    QWidget* m_hostRow = nullptr;
    QLineEdit* m_path;
    QWidget* m_pathRow = nullptr;
    QLineEdit* m_nodes;
    QLineEdit* m_master;
    QSpinBox* m_database;
    QLineEdit* m_user;
    QCheckBox* m_scan;
    QLineEdit* m_ssh;
    QLabel* m_sshNote;
    QCheckBox* m_tls;
    QLineEdit* m_caFile = nullptr;
    QLineEdit* m_certFile = nullptr;
    QLineEdit* m_keyFile = nullptr;
    QLineEdit* m_serverName;
    QCheckBox* m_insecure;
    QList<QWidget*> m_tlsRows;
};

} // namespace lockscope
