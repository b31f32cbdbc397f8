// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/errortext.h"
#include "cli/commands.h"
#include "cli/lockmirror.h"
#include "cli/optiontable.h"
#include "cli/terminalscreen.h"
#include "cli/watchframe.h"
#include "deployment/lockjson.h"
#include "locks/scantext.h"

#include <QSaveFile>
#include <QTimer>

using namespace std::chrono_literals;

namespace lockscope::cli {

namespace {

constexpr auto redrawInterval = 250ms;
constexpr auto snapshotPatience = 1000ms;

QString consequence(const WatchStatus& status)
{
    if (status.listening == ListenMode::Tracking)
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
            "following by client tracking: whether a lock was released, has expired or was evicted is concluded from "
            "its deadline"));
    return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "polling, short holds can be missed"));
}

/// Why changes are not heard by notifications, and what that means; the way out, if there is one.
QString listenNote(const WatchStatus& status)
{
    const QString result = consequence(status);
    if (status.listenChoice == ListenChoice::Tracking && status.listening == ListenMode::Polling)
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "client tracking is refused: %1")).arg(result);
    if (status.listenChoice == ListenChoice::Tracking || status.listenChoice == ListenChoice::Poll)
        return result;
    if (status.notifications == NotificationSetting::Forbidden)
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
                           "the server sends no keyspace events, and this user may not switch them on: %1"))
            .arg(result);
    if (status.readOnly)
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
                           "the server sends no keyspace events, and --read-only leaves its settings alone: %1"))
            .arg(result);
    return cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
                       "the server sends no keyspace events: %1 (--enable-notifications switches them on)"))
        .arg(result);
}

/// One `watch`, from the first delta to the last.
class Watch final : public QObject {
public:
    explicit Watch(Session& session);
    [[nodiscard]] Result<int> run();

private:
    void followFamilies();
    void waitForEnd();
    void openScreen();
    void pull();
    void look(const WatchStatus& status);
    void lookAtScan(const WatchStatus& status);
    void writeEvents(const LockDelta& delta);
    void redraw();
    void end(const std::optional<Error>& error = std::nullopt);
    [[nodiscard]] Status writeSnapshot();

    Session& m_session;
    const bool m_onScreen;
    LockMirror m_mirror;
    std::unique_ptr<TerminalScreen> m_screen;
    QTimer m_redraw;
    SteadyTime m_endsAt = SteadyTime::max();
    QEventLoop m_loop;
    std::optional<Error> m_error;
    bool m_wasReady = false;
    std::optional<ListenMode> m_saidListening;
    QString m_saidScan;
};

Watch::Watch(Session& session)
    : m_session(session)
    , m_onScreen(session.streams().outIsTerminal && !session.invocation().json)
{
    connect(&m_redraw, &QTimer::timeout, this, &Watch::redraw);
}

Result<int> Watch::run()
{
    const Invocation& invocation = m_session.invocation();
    m_session.invocation().deployment.watch.keepEvents = !m_onScreen;
    if (const Status opened = m_session.open(); !opened)
        return fail(opened.error());
    LiveDeployment& deployment = m_session.deployment();
    connect(&deployment, &Deployment::deltaReady, this, &Watch::pull);
    connect(&deployment, &Deployment::failed, this, [this](const Error& error) { end(error); });
    followFamilies();
    if (invocation.duration) {
        m_endsAt = SystemClock::instance().now() + *invocation.duration;
        waitForEnd();
    }
    if (m_onScreen)
        openScreen();
    m_session.run(m_loop);
    m_screen.reset();
    if (m_error)
        return fail(*m_error);
    if (const Status written = writeSnapshot(); !written)
        return fail(written.error());
    return m_session.exitStatus(0);
}

void Watch::followFamilies()
{
    FamilyFileWatcher& file = *m_session.invocation().families;
    connect(&file, &FamilyFileWatcher::installed, this, [this] { m_session.deployment().useNewFamilies(); });
    connect(&file, &FamilyFileWatcher::loaded, this, [this, &file] {
        if (m_onScreen)
            return; // the table would be written over
        for (const QString& fault : file.faultTexts())
            m_session.complain(fault);
        m_session.note(file.isGood()
                ? cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1 was read again: %2 families declared"))
                      .arg(file.path())
                      .arg(file.families())
                : cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1 has faults: the families read before stay in use"))
                      .arg(file.path()));
    });
    file.follow();
}

// In pieces: a timer cannot wait for months.
void Watch::waitForEnd()
{
    const auto left = std::chrono::ceil<Milliseconds>(m_endsAt - SystemClock::instance().now());
    m_session.setWriteDeadline(m_endsAt);
    if (left <= 0ms)
        m_loop.quit();
    else
        QTimer::singleShot(std::min<Milliseconds>(left, 24h), this, &Watch::waitForEnd);
}

void Watch::openScreen()
{
    m_screen = std::make_unique<TerminalScreen>(*m_session.streams().out);
    connect(m_screen.get(), &TerminalScreen::keyPressed, this, [this](char key) {
        if (key == 'q' || key == 'Q')
            end();
    });
    SignalWatcher& signals_ = m_session.signalWatcher();
    signals_.catchStops();
    connect(&signals_, &SignalWatcher::terminalResized, this, &Watch::redraw);
    connect(&signals_, &SignalWatcher::stopRequested, m_screen.get(), &TerminalScreen::stopProcess);
    m_redraw.start(redrawInterval);
}

void Watch::end(const std::optional<Error>& error)
{
    if (!m_error)
        m_error = error;
    m_loop.quit();
}

void Watch::pull()
{
    std::optional<LockDelta> delta = m_session.deployment().takeDelta();
    if (!delta)
        return;
    if (!m_onScreen)
        writeEvents(*delta);
    if (m_onScreen || !m_session.invocation().snapshotFile.isEmpty())
        m_mirror.apply(*delta);
    look(delta->status);
    if (m_session.outputClosed())
        end();
}

void Watch::look(const WatchStatus& status)
{
    m_wasReady = m_wasReady || status.link == LinkState::Ready;
    // A server that was never there is an error; one that went away comes back, and the gap is told.
    if (!m_wasReady && status.link == LinkState::Lost && status.error)
        return end(*status.error);
    lookAtScan(status);
    // Until a pass begins, and after a lost connection until the gap is closed, another way may still be tried.
    const bool isSettled = status.completeness.pass > 0 && status.link == LinkState::Ready && !status.gapOpen
        && (status.listening == ListenMode::Tracking || status.listening == ListenMode::Polling);
    if (!isSettled || m_saidListening == status.listening)
        return;
    m_saidListening = status.listening;
    if (!m_onScreen)
        m_session.note(listenNote(status));
}

/// Where the passes run; and again when that changes.
void Watch::lookAtScan(const WatchStatus& status)
{
    const ScanSource& scan = status.scan;
    const QString where = scan.replica.isEmpty() ? scan.whyMaster : scan.replica;
    if (m_onScreen || where.isEmpty() || m_saidScan == where)
        return;
    m_saidScan = where;
    m_session.note(scanSummary(status));
}

void Watch::writeEvents(const LockDelta& delta)
{
    // A first pass brings a hundred thousand at once: their text need not be in memory as a whole.
    constexpr qsizetype pieceSize = 64 * 1024;
    QByteArray lines;
    for (const LockEvent& event : delta.events) {
        lines += eventToJson(event, delta.status) + '\n';
        if (lines.size() >= pieceSize) {
            m_session.write(lines);
            lines.clear();
        }
    }
    if (!lines.isEmpty())
        m_session.write(lines);
    if (delta.eventsDropped > 0)
        m_session.note(
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1 events were left out: the output is read too slowly"))
                .arg(delta.eventsDropped));
}

void Watch::redraw()
{
    const auto now = SystemClock::instance().now();
    if (!m_screen->draw(watchFrame(m_mirror, m_session.deployment().title(), m_screen->size(), now)))
        end();
}

Status Watch::writeSnapshot()
{
    const QString name = m_session.invocation().snapshotFile;
    if (name.isEmpty())
        return {};
    // The engine knows best; where its picture has a gap, what was last believed has to do, and says so.
    const Result<LockSnapshot> whole
        = m_session.await(m_session.deployment().completeSnapshot(), snapshotPatience, false);
    QSaveFile file(name);
    file.setDirectWriteFallback(true);
    bool isWritten = file.open(QIODevice::WriteOnly);
    const auto write = [&](const QByteArray& piece) { isWritten = isWritten && file.write(piece) == piece.size(); };
    writeSnapshotJson(whole ? *whole : m_mirror.snapshot(), write);
    write("\n");
    if (!isWritten || !file.commit())
        return fail(ErrorKind::Storage, name + QStringLiteral(": ") + file.errorString());
    return {};
}

} // namespace

Result<int> runWatch(Session& session) { return Watch(session).run(); }

} // namespace lockscope::cli
