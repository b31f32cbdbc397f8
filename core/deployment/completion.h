// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "deployment/answerbox.h"

#include <QFuture>
#include <QPromise>

#include <memory>

namespace lockscope {

/// The promise behind a future of the facade. Moved, never copied; one that is destroyed unfulfilled finishes with
/// Cancelled, so that every future finishes exactly once whatever happens to the work. Made in the facade's thread,
/// finished in any: the result takes the way through the answer box.
template <typename T> class Completion {
public:
    explicit Completion(std::shared_ptr<AnswerBox> answers)
        : m_answers(std::move(answers))
        , m_promise(std::make_unique<QPromise<Result<T>>>())
    {
        m_promise->start();
    }
    Completion(Completion&&) noexcept = default;
    Completion& operator=(Completion&& other) noexcept
    {
        std::swap(m_answers, other.m_answers);
        std::swap(m_promise, other.m_promise);
        return *this;
    }
    ~Completion()
    {
        if (m_promise)
            finish(fail(ErrorKind::Cancelled));
    }

    /// In the facade's thread only.
    [[nodiscard]] QFuture<Result<T>> future() const { return m_promise->future(); }
    void finish(Result<T> result)
    {
        m_answers->push([promise = std::move(m_promise), result = std::move(result)]() mutable {
            promise->addResult(std::move(result));
            promise->finish();
        });
    }

private:
    std::shared_ptr<AnswerBox> m_answers;
    std::unique_ptr<QPromise<Result<T>>> m_promise;
};

} // namespace lockscope
