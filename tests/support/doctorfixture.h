// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/livedeployment.h"
#include "support/testsupport.h"

namespace lockscope {

/// Examines the deployment at `specs` over a connection that may only read, as the programs do.
inline Result<DoctorReport> examined(
    const QList<ConnectionSpec>& specs, const DoctorOptions& options = {}, bool readOnly = true)
{
    DeploymentOptions deployment;
    deployment.specs = specs;
    deployment.watchLocks = false;
    deployment.readOnly = readOnly;
    deployment.watch.pace = Pace::Full;
    deployment.timeout = Milliseconds(20000);
    auto made = LiveDeployment::create(deployment);
    if (!made)
        return fail(made.error());
    (*made)->start();
    QFuture<Result<DoctorReport>> future = (*made)->examine(options);
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 90000))
        return fail(ErrorKind::Internal, QStringLiteral("the examination never ended"));
    return future.takeResult();
}

/// The findings of one check, the most serious first.
inline QList<Finding> findingsOf(const DoctorReport& report, const char* check)
{
    QList<Finding> found;
    for (const Finding& finding : report.findings) {
        if (finding.check == check)
            found.append(finding);
    }
    return found;
}

inline Finding worstOf(const DoctorReport& report, const char* check)
{
    Finding none;
    none.title = QStringLiteral("no finding of ") + QLatin1StringView(check);
    return findingsOf(report, check).value(0, none);
}

inline CapabilityState capabilityState(const DoctorReport& report, const char* name)
{
    for (const NodeCapabilities& node : report.nodes) {
        for (const Capability& capability : node.capabilities) {
            if (capability.name == name)
                return capability.state;
        }
    }
    return CapabilityState::Unknown;
}

} // namespace lockscope
