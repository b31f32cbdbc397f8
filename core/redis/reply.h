// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <vector>

namespace lockscope {

enum class ReplyKind : quint8 { Nil, Status, Error, Integer, Bulk, Array };

/// One element of a reply in the flat form that the reader makes: children follow their array directly.
struct ReplyToken {
    ReplyKind kind = ReplyKind::Nil;
    quint32 span = 1; ///< tokens of this element, itself and all descendants
    qint64 integer = 0; ///< Integer: the value; Array: number of children
    quint32 offset = 0; ///< Status, Error, Bulk: where the bytes begin in the arena
    quint32 size = 0; ///< Status, Error, Bulk: how many bytes
};

/// A look at one element of a reply without owning it. Valid only inside the handler that was given it.
class ReplyView {
public:
    ReplyView() = default;
    ReplyView(const ReplyToken* token, const char* arena)
        : m_token(token)
        , m_arena(arena)
    {
    }
    [[nodiscard]] ReplyKind kind() const { return m_token ? m_token->kind : ReplyKind::Nil; }
    [[nodiscard]] bool isNil() const { return kind() == ReplyKind::Nil; }
    [[nodiscard]] bool isError() const { return kind() == ReplyKind::Error; }
    [[nodiscard]] bool isArray() const { return kind() == ReplyKind::Array; }
    /// True for Status, Error and Bulk.
    [[nodiscard]] bool hasBytes() const
    {
        return kind() == ReplyKind::Bulk || kind() == ReplyKind::Status || kind() == ReplyKind::Error;
    }
    [[nodiscard]] QByteArrayView bytes() const
    {
        return hasBytes() ? QByteArrayView(m_arena + m_token->offset, m_token->size) : QByteArrayView();
    }
    /// A copy of the bytes.
    [[nodiscard]] QByteArray toByteArray() const { return bytes().toByteArray(); }
    /// The integer; also of a bulk that spells one; `fallback` otherwise.
    [[nodiscard]] qint64 toInteger(qint64 fallback = 0) const;
    /// Number of children of an array, else 0.
    [[nodiscard]] qsizetype size() const { return isArray() ? qsizetype(m_token->integer) : 0; }

    /// Forward iteration over the children of an array.
    class Iterator {
    public:
        Iterator(const ReplyToken* token, const char* arena)
            : m_token(token)
            , m_arena(arena)
        {
        }
        ReplyView operator*() const { return { m_token, m_arena }; }
        Iterator& operator++()
        {
            m_token += m_token->span;
            return *this;
        }
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.m_token == b.m_token; }

    private:
        const ReplyToken* m_token;
        const char* m_arena;
    };
    [[nodiscard]] Iterator begin() const { return { isArray() ? m_token + 1 : m_token, m_arena }; }
    [[nodiscard]] Iterator end() const { return { isArray() ? m_token + m_token->span : m_token, m_arena }; }
    /// Child `index`, Nil beyond the end. Walks: iterate instead where there are many.
    [[nodiscard]] ReplyView at(qsizetype index) const;

private:
    const ReplyToken* m_token = nullptr;
    const char* m_arena = nullptr;
};

} // namespace lockscope
