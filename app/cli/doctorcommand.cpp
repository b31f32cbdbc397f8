// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"
#include "cli/optiontable.h"
#include "deployment/doctorjson.h"
#include "deployment/doctorreporttext.h"

#include <algorithm>

#include <sys/ioctl.h>
#include <unistd.h>

namespace lockscope::cli {

namespace {

constexpr int seriousStatus = 5;
constexpr int usualWidth = 100;

int outputWidth(const Streams& streams)
{
    winsize size {};
    if (!streams.outIsTerminal || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return usualWidth;
    return std::min<int>(size.ws_col, usualWidth + 20);
}

} // namespace

Result<int> runDoctor(Session& session)
{
    const Invocation& invocation = session.invocation();
    session.invocation().deployment.watchLocks = false;
    if (const Status opened = session.open(); !opened)
        return fail(opened.error());
    // Progress is for somebody who waits in front of a terminal.
    if (session.streams().outIsTerminal && !invocation.json) {
        QObject::connect(
            &session.deployment(), &Deployment::examinationProgressed, &session, [&session](int done, int parts) {
                session.note(
                    cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "examined %1 of %2 parts")).arg(done).arg(parts));
            });
    }
    const Result<DoctorReport> report = session.await(session.deployment().examine({}));
    if (!report)
        return fail(report.error());
    if (invocation.json) {
        session.write(doctorToJson(*report) + '\n');
    } else {
        DoctorTextOptions options;
        options.width = outputWidth(session.streams());
        options.brief = invocation.quiet;
        session.write(doctorReportText(*report, session.deployment().title(), options).toUtf8());
    }
    return report->worst() == Severity::Serious ? seriousStatus : 0;
}

} // namespace lockscope::cli
