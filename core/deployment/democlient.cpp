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

DemoClient::DemoClient(QList<Connection*> servers, DemoRole role, QObject* parent)
    : QObject(parent)
    , m_servers(std::move(servers))
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

void DemoClient::askAll(
    const std::function<void(Connection&, std::function<void(bool)>)>& ask, std::function<void(int)> done)
{
    struct Poll {
        int yes = 0;
        qsizetype open = 0;
        std::function<void(int)> done;
    };
    const auto poll = std::make_shared<Poll>(Poll { 0, m_servers.size(), std::move(done) });
    for (Connection* server : m_servers) {
        ask(*server, [poll](bool yes) {
            poll->yes += yes ? 1 : 0;
            if (--poll->open == 0)
                poll->done(poll->yes);
        });
    }
}

void DemoClient::arrive()
{
    m_state = State::Waiting;
    m_token = newToken(m_role);
    QList<QByteArray> set { "SET", m_role.key, m_token, "NX" };
    if (m_role.ttl > 0ms)
        set << "PX" << QByteArray::number(m_role.ttl.count());
    const Command command(set);
    askAll(
        [command](Connection& server, std::function<void(bool)> answer) {
            server.send(command, [answer = std::move(answer)](const Result<ReplyView>& reply) {
                answer(reply && reply->kind() == ReplyKind::Status);
            });
        },
        [self = QPointer(this)](int yes) {
            if (self)
                self->onAnswer(yes >= self->quorum());
        });
}

void DemoClient::onAnswer(bool taken)
{
    if (!taken) {
        if (m_servers.size() > 1)
            releaseEverywhere();
        return m_next.start(varied(300ms));
    }
    m_state = State::Holding;
    m_next.start(varied(m_role.hold));
    if (m_role.renews)
        m_renewal.start(m_role.ttl / 3);
}

void DemoClient::renew()
{
    askAll(
        [this](Connection& server, std::function<void(bool)> answer) {
            runScript(server, extendScript(), { m_role.key }, { m_token, QByteArray::number(m_role.ttl.count()) },
                [answer = std::move(answer)](
                    const Result<ReplyView>& reply) { answer(reply && reply->toInteger() == 1); });
        },
        [self = QPointer(this), token = m_token](int yes) {
            if (self && self->m_token == token && yes < self->quorum())
                self->goAway();
        });
}

void DemoClient::releaseEverywhere()
{
    for (Connection* server : m_servers)
        runScript(*server, releaseScript(), { m_role.key }, { m_token }, [](const Result<ReplyView>&) {});
}

void DemoClient::leave()
{
    if (m_role.end == DemoRole::End::Release)
        releaseEverywhere();
    goAway();
}

void DemoClient::goAway()
{
    m_renewal.stop();
    m_state = State::Away;
    m_next.start(varied(m_role.pause));
}

} // namespace lockscope
