// SPDX-License-Identifier: GPL-3.0-or-later

// How fast the room redis is by itself: commands through one pipelined connection, and pub/sub bytes into messages
// (G1).
#include "bench/benchreport.h"
#include "redis/connection.h"
#include "redis/respreader.h"
#include "redis/sandboxserver.h"

#include <QCoreApplication>

#include <cmath>

using namespace lockscope;

namespace {

bool missed = false;

// Commands in windows: the next window leaves when the last one is answered.
class PipelineBench : public QObject {
public:
    PipelineBench(const char* label, const ConnectionSpec& spec, const Command& command, int total, int window)
        : m_label(label)
        , m_command(command)
        , m_total(total)
        , m_window(window)
        , m_connection(spec, std::make_shared<const CommandGate>())
    {
        connect(&m_connection, &Connection::ready, this, [this] {
            m_clock.start();
            sendWindow();
        });
        m_connection.open();
    }

private:
    void sendWindow()
    {
        for (int i = 0; i < m_window; ++i) {
            m_connection.send(m_command, [this](Result<ReplyView> reply) {
                m_errors += reply ? 0 : 1;
                if (++m_answered % m_window == 0)
                    m_answered < m_total ? sendWindow() : finish();
            });
        }
    }

    void finish()
    {
        const double seconds = double(m_clock.nsecsElapsed()) / 1e9;
        missed |= !bench::report(m_label,
            { { QStringLiteral("commands"), m_answered }, { QStringLiteral("window"), m_window },
                { QStringLiteral("errors"), m_errors }, { QStringLiteral("seconds"), seconds } },
            { { "commands a second", std::round(m_answered / seconds), 400'000, bench::Goal::Kind::AtLeast } });
        QCoreApplication::quit();
    }

    const char* m_label;
    Command m_command;
    int m_total;
    int m_window;
    int m_answered = 0;
    int m_errors = 0;
    QElapsedTimer m_clock;
    Connection m_connection;
};

void benchReader(int messages)
{
    QByteArray recording;
    for (int i = 0; i < 10'000; ++i) {
        const QByteArray channel = "__keyspace@0__:lock:order:" + QByteArray::number(100'000 + i);
        recording += "*4\r\n$8\r\npmessage\r\n$21\r\n__keyspace@0__:lock:*\r\n$" + QByteArray::number(channel.size())
            + "\r\n" + channel + "\r\n$3\r\nset\r\n";
    }
    RespReader reader(RespReader::subscriberTailLimit);
    qint64 decoded = 0;
    qint64 bytes = 0;
    qint64 touched = 0; // keeps the views from being optimised away
    QElapsedTimer clock;
    clock.start();
    while (decoded < messages) {
        for (qsizetype begin = 0; begin < recording.size(); begin += 16 * 1024) {
            const QByteArrayView piece
                = QByteArrayView(recording).sliced(begin, qMin(qsizetype(16 * 1024), recording.size() - begin));
            reader.feed(piece);
            bytes += piece.size();
            while (reader.next() == RespReader::Progress::Reply) {
                for (const ReplyView part : reader.reply())
                    touched += part.bytes().size();
                ++decoded;
            }
        }
    }
    const double seconds = double(clock.nsecsElapsed()) / 1e9;
    missed |= !bench::report("G1 pub/sub bytes to messages",
        { { QStringLiteral("messages"), decoded }, { QStringLiteral("bytes"), bytes },
            { QStringLiteral("payload_bytes"), touched }, { QStringLiteral("seconds"), seconds } },
        { { "messages a second", std::round(double(decoded) / seconds), 500'000, bench::Goal::Kind::AtLeast } });
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    benchReader(2'000'000);

    SandboxServer::Options options;
    options.tcp = true;
    const Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    if (!server) {
        fputs(qPrintable(server.error().detail), stderr);
        return 1;
    }
    const ConnectionSpec unixSpec = (*server)->spec();
    const ConnectionSpec tcpSpec = (*server)->tcpSpec();
    const struct {
        const char* label;
        const ConnectionSpec& spec;
        Command command;
    } runs[] = {
        { "PING over a Unix socket", unixSpec, { "PING" } },
        { "PING over TCP", tcpSpec, { "PING" } },
        { "PTTL over a Unix socket", unixSpec, { "PTTL", "lock:order:123456" } },
    };
    for (const auto& run : runs) {
        PipelineBench bench(run.label, run.spec, run.command, 400'000, 1'000);
        QCoreApplication::exec();
    }
    return missed ? 1 : 0;
}
