// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/connection.h"

#include <QLoggingCategory>
#include <QStringList>

#include <memory>
#include <optional>

namespace lockscope {

/// A gate of its own for one test.
inline std::shared_ptr<const CommandGate> openGate(bool readOnly = false)
{
    return std::make_shared<const CommandGate>(readOnly);
}

/// Short deadlines for commands and a quick return: what never answers shall be noticed within the test's patience.
inline ConnectionOptions impatient()
{
    ConnectionOptions options;
    options.connectTimeout = Milliseconds(2000);
    options.commandTimeout = Milliseconds(100);
    options.backoffFirst = Milliseconds(10);
    options.backoffLimit = Milliseconds(20);
    return options;
}

/// The same, for one attempt.
inline ConnectionOptions once()
{
    ConnectionOptions options = impatient();
    options.reconnect = false;
    return options;
}

/// How one command ended.
struct Outcome {
    int calls = 0;
    std::optional<ErrorKind> error;
    QByteArray bytes;

    ReplyHandler handler()
    {
        return [this](Result<ReplyView> reply) {
            ++calls;
            if (reply)
                bytes = reply->toByteArray();
            else
                error = reply.error().kind;
        };
    }
};

/// All that was logged while it lived.
class LogCapture {
public:
    LogCapture()
    {
        QLoggingCategory::setFilterRules(QStringLiteral("lockscope.*=true"));
        lines.clear();
        m_previous
            = qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString& text) { lines += text; });
    }
    ~LogCapture()
    {
        qInstallMessageHandler(m_previous);
        QLoggingCategory::setFilterRules(QString());
    }
    static inline QStringList lines;

private:
    QtMessageHandler m_previous;
};

} // namespace lockscope
