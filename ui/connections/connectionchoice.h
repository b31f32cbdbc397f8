// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "locks/databasechoice.h"
#include "locks/listenmode.h"
#include "redis/connectionuri.h"
#include "redis/environment.h"

#include <QList>

#include <functional>
#include <memory>

namespace lockscope {

class Deployment;

/// What the operator chose to connect to. A value.
struct ConnectionChoice {
    ConnectionSpec spec;
    bool readOnly = false;
    QList<QByteArray> matches; ///< globs of keys that count as locks; empty: what a family recognises
    ListenChoice listen = ListenChoice::Auto;
    Environment environment = Environment::Unspecified;
    QList<ConnectionSpec> furtherMasters {}; ///< with `spec` they are the independent masters of one quorum group
    DatabaseChoice databases {}; ///< none: the one of the URI
};

/// Makes the deployment for a choice; not yet started.
using DeploymentFactory = std::function<Result<std::unique_ptr<Deployment>>(const ConnectionChoice&)>;

} // namespace lockscope
