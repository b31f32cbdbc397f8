// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/demofamilies.h"

#include <QDateTime>

using namespace std::chrono_literals;

namespace lockscope {

namespace {

constexpr auto checkout = "7f2c9a10-3b54-4c8e-9d17-52a0b1f4e6c3";
constexpr auto billing = "c41d7e88-90af-4a36-8f2b-1e6d5c3b7a90";
constexpr auto search = "1b9e0d64-5a7f-4f21-b3c8-6d2e8f0a4c75";

QByteArray threadOf(const char* program, int number) { return QByteArray(program) + ':' + QByteArray::number(number); }

QByteArray epochMs(Milliseconds ahead = 0ms)
{
    return QByteArray::number(QDateTime::currentMSecsSinceEpoch() + ahead.count());
}

} // namespace

DemoFamilies::DemoFamilies(Connection& connection, const ConnectionSpec& spec, QObject* parent)
    : QObject(parent)
    , m_connection(connection)
    , m_spec(spec)
{
    addReentrant();
    addReadWrite();
    addSemaphore();
    addStopped();
    addDisconnected();
}

void DemoFamilies::start()
{
    for (size_t play = 0; play < m_plays.size(); ++play)
        go(play);
}

void DemoFamilies::add(std::vector<Step> steps) { m_plays.push_back({ std::move(steps), 0 }); }

void DemoFamilies::go(size_t index)
{
    const Play& play = m_plays[index];
    QTimer::singleShot(play.steps[play.next].after, this, [this, index] {
        Play& current = m_plays[index];
        current.steps[current.next].act();
        current.next = (current.next + 1) % current.steps.size();
        go(index);
    });
}

void DemoFamilies::send(const QList<QByteArray>& words)
{
    m_connection.send(Command(words), [](const Result<ReplyView>&) {});
}

// A fair Redisson lock: taken twice by one thread, renewed by its watchdog, three others stand in the queue.
void DemoFamilies::addReentrant()
{
    const QByteArray key = "lock:checkout:order-8812";
    const QByteArray queue = "redisson_lock_queue:{" + key + '}';
    const QByteArray deadlines = "redisson_lock_timeout:{" + key + '}';
    std::vector<Step> steps;
    steps.push_back(
        { 400ms, [=, this] {
             send({ "HSET", key, threadOf(checkout, 31), "2" });
             send({ "PEXPIRE", key, "30000" });
             for (const QByteArray& waiter : { threadOf(billing, 7), threadOf(search, 12), threadOf(billing, 9) }) {
                 send({ "RPUSH", queue, waiter });
                 send({ "ZADD", deadlines, epochMs(5min), waiter });
             }
         } });
    for (int i = 0; i < 5; ++i)
        steps.push_back({ 10s, [=, this] { send({ "PEXPIRE", key, "30000" }); } });
    steps.push_back({ 6s, [=, this] { send({ "DEL", key, queue, deadlines }); } });
    add(std::move(steps));
}

void DemoFamilies::addReadWrite()
{
    const QByteArray key = "lock:catalogue:prices";
    const QByteArray reader = threadOf(search, 4);
    const QByteArray other = threadOf(checkout, 18);
    add({ { 600ms,
              [=, this] {
                  send({ "HSET", key, "mode", "read", reader, "1", other, "1" });
                  send({ "PEXPIRE", key, "30000" });
                  for (const QByteArray& holder : { reader, other })
                      send({ "SET", '{' + key + "}:" + holder + ":rwlock_timeout:1", "1", "PX", "30000" });
              } },
        { 9s,
            [=, this] {
                send({ "HDEL", key, other });
                send({ "DEL", '{' + key + "}:" + other + ":rwlock_timeout:1" });
            } },
        { 7s,
            [=, this] {
                send({ "DEL", key, '{' + key + "}:" + reader + ":rwlock_timeout:1" });
                send({ "HSET", key, "mode", "write", threadOf(billing, 2) + ":write", "1" });
                send({ "PEXPIRE", key, "30000" });
            } },
        { 8s, [=, this] {
             send({ "DEL", key });
         } } });
}

// Three permits of redis-semaphore, which their holders renew.
void DemoFamilies::addSemaphore()
{
    const QByteArray key = "semaphore:thumbnails";
    const auto renew = [=, this] {
        QList<QByteArray> words { "ZADD", key };
        for (const char* holder : { checkout, billing, search })
            words << epochMs() << QByteArray(holder) + "_0";
        send(words);
        send({ "PEXPIRE", key, "10000" });
    };
    add({ { 800ms, renew }, { 8s, renew }, { 8s, renew }, { 8s, renew },
        { 5s, [=, this] {
             send({ "ZREM", key, QByteArray(billing) + "_0" });
         } } });
}

// Its holder renews six times and then hangs: the lock stays for most of a minute, and nobody renews it.
void DemoFamilies::addStopped()
{
    const QByteArray key = "lock:export:nightly";
    const QByteArray token = "exporter-3@2214-9af4e1";
    std::vector<Step> steps;
    steps.push_back({ 200ms, [=, this] { send({ "SET", key, token, "PX", "60000" }); } });
    for (int i = 0; i < 6; ++i)
        steps.push_back({ 2500ms, [=, this] { send({ "PEXPIRE", key, "60000" }); } });
    steps.push_back({ 64s, [] {} });
    add(std::move(steps));
}

// A lock without TTL whose holder has a connection of that name; after a while the connection is gone.
void DemoFamilies::addDisconnected()
{
    const QByteArray key = "lock:deploy:staging";
    add({ { 300ms,
              [=, this] {
                  m_holder = new Connection(
                      m_spec, std::make_shared<CommandGate>(), ConnectionOptions { .clientName = "ci-runner-7" }, this);
                  connect(m_holder, &Connection::ready, m_holder, [=, holder = m_holder] {
                      holder->send({ "SET", key, "ci-runner-7@4410-71c0de", "NX" }, [](const Result<ReplyView>&) {});
                  });
                  m_holder->open();
              } },
        { 20s,
            [this] {
                m_holder->close();
                m_holder->deleteLater();
                m_holder = nullptr;
            } },
        { 120s, [=, this] {
             send({ "DEL", key });
         } } });
}

} // namespace lockscope
