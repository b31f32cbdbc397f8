// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/fuzztargets.h"

#include "base/bytetext.h"
#include "deployment/connectionbook.h"
#include "deployment/connectionimport.h"

namespace lockscope {

namespace {

/// One line of a list or a terminal: nothing in it ends the line, turns it round or hides.
void requireHarmless(const QString& text)
{
    fuzz::require(displayText(text.toUtf8()) == text, "a text of others is shown harmlessly");
}

void requireKept(const ConnectionBook& book)
{
    const Result<ConnectionBook> again = parseConnectionBook(connectionBookText(book));
    fuzz::require(again.has_value(), "what is written can be read");
    // An entry whose password was in the way may be readable without it, and then comes after the others.
    const qsizetype count = book.connections.size();
    fuzz::require(again->connections.mid(0, count) == book.connections, "what is written is read the same");
    fuzz::require(
        again->connections.size() + again->unread.size() == count + book.unread.size(), "what cannot be read is kept");
    for (const SavedConnection& connection : book.connections) {
        fuzz::require(!connection.id.isEmpty() && !connection.name.isEmpty() && !connection.specs.isEmpty(),
            "a connection has an id, a name and a server");
        for (const ConnectionSpec& spec : connection.specs)
            fuzz::require(spec.password.isEmpty(), "the list holds no password");
    }
}

} // namespace

void fuzz::connectionexport(QByteArrayView bytes)
{
    const Result<ConnectionImport> import = parseConnectionExport(bytes.toByteArray());
    if (!import) {
        require(!import.error().detail.isEmpty(), "what is no export is explained");
        return;
    }
    ConnectionBook book;
    for (const ImportedConnection& imported : import->connections) {
        requireHarmless(imported.connection.name);
        for (const QString& note : imported.notes)
            requireHarmless(note);
        require(imported.isUsable || !imported.notes.isEmpty(), "what cannot be used says why");
        if (imported.isUsable)
            book.put(imported.connection);
    }
    requireKept(book);
}

void fuzz::connectionbook(QByteArrayView bytes)
{
    const Result<ConnectionBook> book = parseConnectionBook(bytes.toByteArray());
    if (!book) {
        require(!book.error().detail.isEmpty(), "what is no list is explained");
        return;
    }
    for (const QString& fault : book->faults)
        requireHarmless(fault);
    require(book->faults.size() == book->unread.size(), "each entry that is left out is told");
    requireKept(*book);
}

} // namespace lockscope
