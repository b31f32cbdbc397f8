// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/keysweeper.h"

#include <QPointer>

namespace lockscope {

KeySweeper::KeySweeper(Connection& connection, QByteArray prefix, Handler handler)
    : m_connection(connection)
    , m_prefix(std::move(prefix))
    , m_handler(std::move(handler))
{
}

void KeySweeper::start() { scan(); }

void KeySweeper::scan()
{
    m_connection.send({ "SCAN", m_cursor, "MATCH", QByteArray(m_prefix + '*'), "COUNT", "1000" },
        [self = QPointer(this)](Result<ReplyView> reply) {
            if (self)
                self->onPage(std::move(reply));
        });
}

void KeySweeper::onPage(Result<ReplyView> reply)
{
    if (!reply)
        return finish(fail(reply.error()));
    QList<QByteArray> keys;
    for (const ReplyView key : reply->at(1))
        keys.append(key.toByteArray());
    m_cursor = reply->at(0).toByteArray();
    if (m_isSecondLook)
        m_found += keys.size();
    else if (!keys.isEmpty())
        m_connection.send(Command(QList<QByteArray> { "DEL" } + keys), [](const Result<ReplyView>&) {});
    if (m_cursor != "0")
        return scan();
    if (m_isSecondLook)
        return finish(m_found);
    m_isSecondLook = true;
    scan();
}

void KeySweeper::finish(Result<qint64> result)
{
    if (Handler handler = std::exchange(m_handler, {}))
        handler(std::move(result));
}

} // namespace lockscope

#include "moc_keysweeper.cpp"
