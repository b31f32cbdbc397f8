// SPDX-License-Identifier: GPL-3.0-or-later
#include "stress/linearizability.h"

#include "stress/keyhistory.h"

#include <QHash>

#include <algorithm>

namespace lockscope {

namespace {

using Outcome = LockOperation::Outcome;

/// A call without an answer whose token was taken back later cannot take effect any more after that.
void boundUnknowns(std::span<LockOperation> history)
{
    QHash<quint64, qint64> takenBack;
    for (const LockOperation& operation : history) {
        if (operation.phase == LockPhase::Release && operation.outcome != Outcome::Unknown)
            takenBack.insert(operation.grant(), operation.returned);
    }
    for (LockOperation& operation : history) {
        if (operation.phase == LockPhase::Acquire && operation.outcome == Outcome::Unknown)
            operation.returned = takenBack.value(operation.grant(), LockOperation::never);
    }
}

bool isRefusal(const LockOperation& operation)
{
    return operation.phase == LockPhase::Acquire && operation.outcome == Outcome::Refused;
}

} // namespace

LinearizabilityChecker::LinearizabilityChecker(
    LockModel model, std::function<QByteArray(quint32)> keyName, std::function<QString(const LockOperation&)> describe)
    : m_model(model)
    , m_keyName(std::move(keyName))
    , m_describe(std::move(describe))
{
}

LinearizabilityVerdict LinearizabilityChecker::check(
    std::vector<LockOperation> history, const std::atomic<bool>& stop) const
{
    LinearizabilityVerdict verdict;
    verdict.kind = LinearizabilityVerdict::Kind::Linearizable;
    verdict.operations = history.size();
    const auto began = std::chrono::steady_clock::now();
    std::sort(history.begin(), history.end(), [](const LockOperation& a, const LockOperation& b) {
        return std::tie(a.key, a.invoked, a.returned) < std::tie(b.key, b.invoked, b.returned);
    });
    for (size_t begin = 0; begin < history.size();) {
        size_t end = begin;
        while (end < history.size() && history[end].key == history[begin].key)
            ++end;
        const std::span<LockOperation> ofKey(history.data() + begin, end - begin);
        boundUnknowns(ofKey);
        ++verdict.keys;
        KeyHistory check(m_model, ofKey);
        const KeyHistory::Outcome outcome = check.check(stop);
        if (outcome == KeyHistory::Outcome::Undecided) {
            verdict.kind = LinearizabilityVerdict::Kind::Undecided;
        } else if (outcome == KeyHistory::Outcome::Unexplained) {
            verdict.kind = LinearizabilityVerdict::Kind::Violated;
            verdict.key = m_keyName(ofKey.front().key);
            for (const LockOperation& operation : minimised({ ofKey.begin(), ofKey.end() }))
                verdict.counterExample += m_describe(operation);
            break;
        }
        begin = end;
    }
    verdict.microseconds = (std::chrono::steady_clock::now() - began) / std::chrono::microseconds(1);
    return verdict;
}

// Whole grants are left out as long as the rest stays unexplained: half of them at once, then a quarter, and so on.
// Refusals go first: without the holder that they met they would be riddles of their own.
std::vector<LockOperation> LinearizabilityChecker::minimised(std::vector<LockOperation> history) const
{
    const std::atomic<bool> never { false };
    const auto fails = [&](const std::vector<LockOperation>& tried) -> std::optional<size_t> {
        KeyHistory check(m_model, tried);
        if (check.check(never) != KeyHistory::Outcome::Unexplained)
            return std::nullopt;
        return check.culprit();
    };
    const std::optional<size_t> culprit = fails(history);
    if (!culprit)
        return history;
    const LockOperation failing = history[*culprit];
    std::erase_if(history, [&](const LockOperation& operation) { return operation.invoked > failing.returned; });
    if (isRefusal(failing))
        std::erase_if(history, [&](const LockOperation& operation) {
            return isRefusal(operation) && (operation.invoked != failing.invoked || operation.client != failing.client);
        });
    else
        std::erase_if(history, isRefusal);
    std::vector<quint64> grants;
    for (const LockOperation& operation : history)
        grants.push_back(operation.grant());
    std::sort(grants.begin(), grants.end());
    grants.erase(std::unique(grants.begin(), grants.end()), grants.end());
    for (size_t chunk = std::max<size_t>(grants.size() / 2, 1);; chunk = std::max<size_t>(chunk / 2, 1)) {
        bool shrank = false;
        for (size_t from = 0; from < grants.size();) {
            const auto first = grants.begin() + ptrdiff_t(from);
            const auto last = grants.begin() + ptrdiff_t(std::min(from + chunk, grants.size()));
            std::vector<LockOperation> rest = history;
            std::erase_if(rest,
                [&](const LockOperation& operation) { return std::binary_search(first, last, operation.grant()); });
            if (!rest.empty() && fails(rest)) {
                history = std::move(rest);
                grants.erase(first, last);
                shrank = true;
            } else {
                from += chunk;
            }
        }
        if (chunk == 1 && !shrank)
            return history;
    }
}

} // namespace lockscope
