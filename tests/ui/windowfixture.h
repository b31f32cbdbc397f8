// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "common/settings.h"
#include "common/theme.h"
#include "locktable/locktablemodel.h"
#include "locktable/locktableview.h"
#include "mainwindow/mainwindow.h"
#include "support/fakedeployment.h"

#include <QTest>

namespace lockscope {

/// A main window over a FakeDeployment, with settings in memory.
struct WindowFixture {
    explicit WindowFixture(const FakeDeployment::Options& options = {}, bool connectNow = true)
        : fakeOptions(options)
        , window(factory(), settings, MainWindow::Options { false, true })
    {
        window.resize(1280, 800);
        window.show();
        if (connectNow)
            connectWindow();
    }

    void connectWindow()
    {
        ConnectionChoice choice;
        choice.spec.endpoints = { Endpoint { QStringLiteral("cache-1.example.net"), 6379, {} } };
        choice.spec.user = QStringLiteral("ops");
        choice.spec.password = Secret("hunter2-secret");
        choice.readOnly = fakeOptions.readOnly;
        window.connectTo(choice);
    }

    DeploymentFactory factory()
    {
        return [this](const ConnectionChoice& choice) -> Result<std::unique_ptr<Deployment>> {
            lastChoice = choice;
            if (factoryError)
                return fail(*factoryError);
            auto made = std::make_unique<FakeDeployment>(fakeOptions);
            fake = made.get();
            return made;
        };
    }

    /// Selects the row of this key and answers whether there is one.
    bool select(const QByteArray& key)
    {
        const LockRecord* lock = fake->lock(key);
        if (!lock || window.model()->rowOf(lock->id) < 0)
            return false;
        window.view()->selectLock(lock->id);
        return window.view()->currentLock() == lock->id;
    }
    [[nodiscard]] QAction* action(ActionId id) const { return window.registry().action(id); }

    FakeDeployment::Options fakeOptions;
    Settings settings = Settings::inMemory();
    std::optional<Error> factoryError;
    ConnectionChoice lastChoice;
    FakeDeployment* fake = nullptr;
    MainWindow window;
};

} // namespace lockscope
