// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/taskqueue.h"

namespace lockscope {

/// Results on their way from the engine thread to the facade's: the promises behind the futures are made, fulfilled and
/// destroyed in one thread.
class AnswerBox {
public:
    /// `wake` is called in the thread that pushes and makes the facade's thread call run().
    explicit AnswerBox(UniqueFunction<void()> wake)
        : m_wake(std::move(wake))
    {
    }
    void push(TaskQueue::Task answer)
    {
        if (m_answers.push(std::move(answer)))
            m_wake();
    }
    void run()
    {
        for (TaskQueue::Task& answer : m_answers.take())
            answer();
    }

private:
    UniqueFunction<void()> m_wake;
    TaskQueue m_answers;
};

} // namespace lockscope
