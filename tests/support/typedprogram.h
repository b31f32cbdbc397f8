// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QProcessEnvironment>

namespace lockscope {

/// The program `lockscope` itself, offscreen, with the plugin typist.cpp at its keyboard.
class TypedProgram {
public:
    /// `folder` is that of the build.
    TypedProgram(const QString& program, const QString& folder);
    ~TypedProgram();

    void start(const QStringList& arguments, const QProcessEnvironment& environment);
    /// A line for the typist.
    void type(const QByteArray& line) { m_process.write(line + '\n'); }
    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }
    /// Closes the windows, waits for the end, and answers where the secret is in what is seen of the program, what it
    /// said, and `home`, if anywhere.
    [[nodiscard]] QString leftBehind(const QByteArray& secret, const QString& home);

private:
    QString m_program;
    QString m_folder;
    QProcess m_process;
};

} // namespace lockscope
