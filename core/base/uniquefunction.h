// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace lockscope {

template <typename Signature> class UniqueFunction;

/// A callable that is moved, never copied: std::move_only_function, which GCC 12 has in C++23 mode only. Captures of up
/// to 48 bytes need no allocation; the read pipeline makes two of these a key.
template <typename R, typename... Args> class UniqueFunction<R(Args...)> {
public:
    UniqueFunction() = default;
    template <typename F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, UniqueFunction> && std::is_invocable_r_v<R, F&, Args...>)
        // A lambda is passed as it is; another UniqueFunction the clause above leaves to the move constructor.
        UniqueFunction(F&& function) // NOLINT(bugprone-forwarding-reference-overload)
    {
        using Target = std::remove_cvref_t<F>;
        if constexpr (fitsInside<Target>) {
            new (m_buffer) Target(std::forward<F>(function));
            m_operations = &insideOperations<Target>;
        } else {
            new (m_buffer) Target*(new Target(std::forward<F>(function)));
            m_operations = &heapOperations<Target>;
        }
    }
    UniqueFunction(UniqueFunction&& other) noexcept { take(other); }
    UniqueFunction& operator=(UniqueFunction&& other) noexcept
    {
        if (this != &other) {
            reset();
            take(other);
        }
        return *this;
    }
    UniqueFunction(const UniqueFunction&) = delete;
    UniqueFunction& operator=(const UniqueFunction&) = delete;
    ~UniqueFunction() { reset(); }

    explicit operator bool() const { return m_operations != nullptr; }
    R operator()(Args... args) { return m_operations->invoke(m_buffer, std::forward<Args>(args)...); }

private:
    struct Operations {
        R (*invoke)(void*, Args&&...);
        void (*relocate)(void* from, void* to) noexcept;
        void (*destroy)(void*) noexcept;
    };
    static constexpr std::size_t capacity = 48;

    template <typename Target> // NOLINTNEXTLINE(misc-redundant-expression): it is not, for another Target
    static constexpr bool fitsInside = sizeof(Target) <= capacity && alignof(Target) <= alignof(std::max_align_t)
        && std::is_nothrow_move_constructible_v<Target>;

    template <typename Target>
    static constexpr Operations insideOperations {
        [](void* self, Args&&... args) -> R { return (*static_cast<Target*>(self))(std::forward<Args>(args)...); },
        [](void* from, void* to) noexcept {
            new (to) Target(std::move(*static_cast<Target*>(from)));
            static_cast<Target*>(from)->~Target();
        },
        [](void* self) noexcept { static_cast<Target*>(self)->~Target(); },
    };
    template <typename Target>
    static constexpr Operations heapOperations {
        [](void* self, Args&&... args) -> R { return (**static_cast<Target**>(self))(std::forward<Args>(args)...); },
        [](void* from, void* to) noexcept { new (to) Target*(*static_cast<Target**>(from)); },
        [](void* self) noexcept { delete *static_cast<Target**>(self); },
    };

    void take(UniqueFunction& other) noexcept
    {
        m_operations = std::exchange(other.m_operations, nullptr);
        if (m_operations)
            m_operations->relocate(other.m_buffer, m_buffer);
    }
    void reset() noexcept
    {
        if (const Operations* operations = std::exchange(m_operations, nullptr))
            operations->destroy(m_buffer);
    }

    const Operations* m_operations = nullptr;
    alignas(std::max_align_t) std::byte m_buffer[capacity];
};

} // namespace lockscope
