// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/democlient.h"

#include "base/randomtoken.h"
#include "operations/lockscripts.h"

#include <QDateTime>
#include <QPointer>
#include <QRandomGenerator>
#include <QUuid>

using namespace std::chrono_literals;

namespace lockscope {

namespace {

Milliseconds varied(Milliseconds around)
{
    const int half = int(around.count() / 2);
    return around - Milliseconds(half) + Milliseconds(QRandomGenerator::global()->bounded(2 * half + 1));
}

QByteArray newToken(const DemoRole& role)
{
    QRandomGenerator* random = QRandomGenerator::global();
    switch (role.token) {
    case DemoRole::Token::Uuid:
        return QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    case DemoRole::Token::Base64:
        return QByteArray::fromHex(randomToken()).left(16).toBase64();
    case DemoRole::Token::Hex:
        return randomToken();
    case DemoRole::Token::WorkerName:
        return role.worker + ':' + QByteArray::number(random->bounded(1000, 32000)) + ':'
            + QByteArray::number(QDateTime::currentMSecsSinceEpoch());
    case DemoRole::Token::HostAndPid:
        break;
    }
    return role.worker + '@' + QByteArray::number(random->bounded(1000, 32000)) + '-'
        + QByteArray::number(random->generate(), 16);
}

} // namespace

DemoClient::DemoClient(Connection& connection, DemoRole role, QObject* parent)
    : QObject(parent)
    , m_connection(connection)
    , m_role(std::move(role))
{
    m_next.setSingleShot(true);
    connect(&m_next, &QTimer::timeout, this, [this] {
        if (m_state == State::Holding)
            leave();
        else
            arrive();
    });
    connect(&m_renewal, &QTimer::timeout, this, &DemoClient::renew);
}

void DemoClient::start() { m_next.start(varied(100ms)); }

void DemoClient::arrive()
{
    m_state = State::Waiting;
    m_token = newToken(m_role);
    QList<QByteArray> set { "SET", m_role.key, m_token, "NX" };
    if (m_role.ttl > 0ms)
        set << "PX" << QByteArray::number(m_role.ttl.count());
    m_connection.send(Command(set), [self = QPointer(this)](const Result<ReplyView>& reply) {
        if (self)
            self->onAnswer(reply && reply->kind() == ReplyKind::Status);
    });
}

void DemoClient::onAnswer(bool taken)
{
    if (!taken)
        return m_next.start(varied(300ms));
    m_state = State::Holding;
    m_next.start(varied(m_role.hold));
    if (m_role.renews)
        m_renewal.start(m_role.ttl / 3);
}

void DemoClient::renew()
{
    runScript(m_connection, extendScript(), { m_role.key }, { m_token, QByteArray::number(m_role.ttl.count()) },
        [self = QPointer(this), token = m_token](const Result<ReplyView>& reply) {
            if (self && self->m_token == token && reply && reply->toInteger() != 1)
                self->goAway();
        });
}

void DemoClient::leave()
{
    if (m_role.end == DemoRole::End::Release)
        runScript(m_connection, releaseScript(), { m_role.key }, { m_token }, [](const Result<ReplyView>&) {});
    goAway();
}

void DemoClient::goAway()
{
    m_renewal.stop();
    m_state = State::Away;
    m_next.start(varied(m_role.pause));
}

} // namespace lockscope
