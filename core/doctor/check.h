// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "doctor/doctorreport.h"
#include "doctor/nodeanswers.h"

#include <memory>

namespace lockscope {

/// Takes what one check finds and puts the check's name and the node to it.
class FindingList {
public:
    FindingList(QList<Finding>& all, QByteArray check, QStringList nodes)
        : m_all(all)
        , m_check(std::move(check))
        , m_nodes(std::move(nodes))
    {
    }
    /// The finding to fill in; valid until the next one is added.
    Finding& add(Severity severity, const QString& title, const QString& evidence);
    /// What could not be read, and so is not known to be good; `command` as it was sent.
    Finding& addUnreadable(const QString& title, const Words& command, const Error& error);

private:
    QList<Finding>& m_all;
    QByteArray m_check;
    QStringList m_nodes;
};

/// One thing that can be wrong with a deployment: which commands tell, and what their answers mean for locks. Without
/// state and I/O. Each is a file in checks/ and a line in checks/checks.h.
class Check {
public:
    virtual ~Check() = default;
    [[nodiscard]] virtual QByteArray name() const = 0; ///< stable: `eviction`
    /// The commands whose answers it wants; all of them reads. Is asked again with the answers that have come, until
    /// nobody wants anything more.
    [[nodiscard]] virtual QList<Words> needs(const NodeAnswers& node) const;
    /// For each server that was reached.
    virtual void judge(const NodeAnswers& node, FindingList findings) const;
    /// Once, for the deployment.
    virtual void judgeAll(const DeploymentAnswers& all, FindingList findings) const;
};

/// All checks, in the order in which findings of equal weight are told.
[[nodiscard]] const std::vector<std::unique_ptr<Check>>& allChecks();

// For texts.

/// `12.5 MB`
[[nodiscard]] QString sizeText(qint64 bytes);
/// A server's word, escaped and cut.
[[nodiscard]] QString serverText(QByteArrayView bytes);
/// `CONFIG GET maxmemory`, cut.
[[nodiscard]] QString commandText(const Words& command);
/// What an error says, short: the server's words where it has spoken.
[[nodiscard]] QString refusalText(const Error& error);

} // namespace lockscope
