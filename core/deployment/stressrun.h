// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stress/stressreport.h"

#include <QObject>

#include <memory>
#include <optional>

namespace lockscope {

/// A strategy or a fault as people choose it.
struct StressChoice {
    QByteArray name; ///< as in StressConfig
    QString summary; ///< translated
    QString promises; ///< strategies: what it guarantees, translated
    QString doesNot; ///< strategies: and what it does not
    bool isSafe = true; ///< strategies: false for those that show what goes wrong
    bool usesQuorum = false; ///< strategies: over all servers
    bool needsSandbox = false; ///< faults: touches the server
    bool needsProxy = false; ///< faults: by hand only in a run with StressConfig::proxied
    bool isInstant = false; ///< faults: has no length
    QByteArray demonstration; ///< strategies: options of lockscope-cli stress that show the point
    QByteArrayList parameters; ///< faults: beside `at`, `for` and `every`
};
[[nodiscard]] QList<StressChoice> stressStrategies();
[[nodiscard]] QList<StressChoice> stressFaults();

/// Whether a fault may be fired by hand in a run of that config. Errors: those of checkFault(), and Usage without the
/// proxy or the replica that it needs.
[[nodiscard]] Status checkFire(const StressConfig& config, const FaultSpec& fault);

/// One stress run as GUI and CLI see it: values in, values out. It owns a thread that leads the run, and that one those
/// of the clients. Used from the thread it was made in.
class StressRun final : public QObject {
    Q_OBJECT
public:
    /// Errors: those of checkConfig().
    [[nodiscard]] static Result<std::unique_ptr<StressRun>> create(const StressConfig& config);
    /// Stops what still runs, undoes every fault, removes the keys, and waits for that.
    ~StressRun() override;

    void start();
    /// Ends the load within 200 ms; `finished` follows with the report. Again: skips the checks as well.
    void stop();
    /// Lets one more fault take place now. Errors: those of checkFire().
    [[nodiscard]] Status fireFault(const FaultSpec& fault);
    /// Undoes the faults of this name that go on.
    void endFault(const QByteArray& name);
    /// The state of the last tenth of a second; null before the first.
    [[nodiscard]] std::shared_ptr<const StressProgress> progress() const;
    /// Nothing while the run goes on; an error where it could not begin, Cancelled if it was stopped before that.
    [[nodiscard]] std::optional<Result<std::shared_ptr<const StressReport>>> result() const;

Q_SIGNALS:
    void progressed(); ///< some ten times a second: pull progress()
    void finished(); ///< once; result() has something

private:
    explicit StressRun(const StressConfig& config);
    class Thread;
    std::unique_ptr<Thread> m_thread;
};

} // namespace lockscope
