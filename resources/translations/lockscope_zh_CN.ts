<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en_US">
<context>
    <name>lockscope::AcquireDialog</name>
    <message>
        <source>TTL</source>
        <translation>TTL</translation>
    </message>
    <message>
        <source>Wait</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>&amp;Acquire</source>
        <translation>获取（&amp;A）</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>关闭（&amp;C）</translation>
    </message>
    <message>
        <source>Acquire a lock</source>
        <translation>获取锁</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>for example lock:maintenance</source>
        <translation>例如 lock:maintenance</translation>
    </message>
    <message>
        <source>Acquiring</source>
        <translation>正在获取</translation>
    </message>
    <message>
        <source>The lock you took</source>
        <translation>您取得的锁</translation>
    </message>
    <message>
        <source>SET key token NX PX ttl: taken only if nobody holds it, with a fresh random token. It ends by itself after the TTL.</source>
        <translation>SET key token NX PX ttl：仅当无人持有时才能取得，使用新的随机令牌。TTL 到期后自行结束。</translation>
    </message>
    <message>
        <source>&amp;Key:</source>
        <translation>键（&amp;K）：</translation>
    </message>
    <message>
        <source>&amp;TTL:</source>
        <translation>TTL（&amp;T）：</translation>
    </message>
    <message>
        <source>Give it a time to wait, or ask the holder.</source>
        <translation>请设定等待时间，或询问持有者。</translation>
    </message>
    <message>
        <source>With a &amp;fencing token</source>
        <translation>附带防护令牌(&amp;F)</translation>
    </message>
    <message>
        <source>Rene&amp;w by itself until I release it</source>
        <translation>自动续期，直到我释放(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Stop waiting</source>
        <translation>停止等待(&amp;S)</translation>
    </message>
    <message>
        <source>A Redlock on %1 independent masters: taken if more than half of them give it in time. It ends by itself after the TTL.</source>
        <translation>%1 台独立主节点上的 Redlock：超过半数及时授予才算获得。TTL 到期后自动结束。</translation>
    </message>
    <message>
        <source>A number from a counter beside the lock, larger than that of every holder before: what guards the resource can refuse whoever comes late.</source>
        <translation>来自锁旁计数器的编号，大于此前每个持有者的编号：资源的守护方可据此拒绝迟到者。</translation>
    </message>
    <message>
        <source>At a third of the TTL, while this window is open. Without it the lock ends with its TTL.</source>
        <translation>窗口打开期间，每过 TTL 的三分之一续期一次。不勾选则锁随 TTL 结束。</translation>
    </message>
    <message>
        <source>Wait for it at &amp;most:</source>
        <translation>最多等待(&amp;M)：</translation>
    </message>
    <message>
        <source>You stopped waiting. Nothing was taken.</source>
        <translation>已停止等待，未获取任何锁。</translation>
    </message>
    <message>
        <source>Asking the server…</source>
        <translation>正在询问服务器…</translation>
    </message>
    <message>
        <source>Somebody else holds it; waiting for %1 of at most %2</source>
        <translation>已被他人持有；已等待 %1，最多 %2</translation>
    </message>
</context>
<context>
    <name>lockscope::ActChoice</name>
    <message>
        <source>New lease</source>
        <translation>新租约</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>要做什么</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>What it does</source>
        <translation>它的作用</translation>
    </message>
    <message>
        <source>New &amp;lease:</source>
        <translation>新租约(&amp;L)：</translation>
    </message>
    <message>
        <source>C&amp;onnection:</source>
        <translation>连接(&amp;O)：</translation>
    </message>
    <message>
        <source>not possible here</source>
        <translation>此处不可行</translation>
    </message>
    <message>
        <source>%1 %2 – %3</source>
        <translation>%1 %2 – %3</translation>
    </message>
    <message>
        <source>Not possible: %1</source>
        <translation>不可行：%1</translation>
    </message>
    <message>
        <source>Leave alone what lies in other slots of the cluster</source>
        <translation>不触碰集群中其他槽里的内容</translation>
    </message>
    <message>
        <source>W&amp;hat to do:</source>
        <translation>做什么（&amp;H）：</translation>
    </message>
</context>
<context>
    <name>lockscope::ActionRegistry</name>
    <message>
        <source>&amp;Connect…</source>
        <translation>连接（&amp;C）…</translation>
    </message>
    <message>
        <source>Watch another server</source>
        <translation>观察另一台服务器</translation>
    </message>
    <message>
        <source>&amp;Refresh</source>
        <translation>刷新（&amp;R）</translation>
    </message>
    <message>
        <source>Read the whole key space again now</source>
        <translation>立即重新读取整个键空间</translation>
    </message>
    <message>
        <source>&amp;Enable notifications…</source>
        <translation>启用通知（&amp;E）…</translation>
    </message>
    <message>
        <source>Ask before switching on keyspace notifications on the server</source>
        <translation>先询问，再在服务器上打开键空间通知</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出（&amp;Q）</translation>
    </message>
    <message>
        <source>Close Lockscope</source>
        <translation>关闭 Lockscope</translation>
    </message>
    <message>
        <source>&amp;Acquire…</source>
        <translation>获取（&amp;A）…</translation>
    </message>
    <message>
        <source>Take a lock yourself</source>
        <translation>自己取得一把锁</translation>
    </message>
    <message>
        <source>&amp;Force-release…</source>
        <translation>强制释放（&amp;F）…</translation>
    </message>
    <message>
        <source>End the selected locks, after a look at who holds them</source>
        <translation>先查看由谁持有，再结束所选的锁</translation>
    </message>
    <message>
        <source>&amp;Look again</source>
        <translation>再次查看（&amp;L）</translation>
    </message>
    <message>
        <source>Ask the server again about the selected lock</source>
        <translation>再次向服务器查询所选的锁</translation>
    </message>
    <message>
        <source>Copy &amp;key</source>
        <translation>复制键（&amp;K）</translation>
    </message>
    <message>
        <source>Copy the key</source>
        <translation>复制键名</translation>
    </message>
    <message>
        <source>Copy &amp;token</source>
        <translation>复制令牌（&amp;T）</translation>
    </message>
    <message>
        <source>Copy the holder&apos;s token</source>
        <translation>复制持有者的令牌</translation>
    </message>
    <message>
        <source>Copy as &amp;JSON</source>
        <translation>复制为 JSON（&amp;J）</translation>
    </message>
    <message>
        <source>Copy the lock as lockscope-cli lists it</source>
        <translation>按 lockscope-cli 列出的形式复制此锁</translation>
    </message>
    <message>
        <source>Copy as redis-cli co&amp;mmands</source>
        <translation>复制为 redis-cli 命令（&amp;M）</translation>
    </message>
    <message>
        <source>Copy commands that look at the lock and release it by compare-and-delete</source>
        <translation>复制查看此锁并以“比较后删除”方式释放它的命令</translation>
    </message>
    <message>
        <source>F&amp;ilter</source>
        <translation>筛选（&amp;I）</translation>
    </message>
    <message>
        <source>Type into the filter</source>
        <translation>在筛选框中输入</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>暂停（&amp;P）</translation>
    </message>
    <message>
        <source>Hold the table still; watching goes on (in the table: Space)</source>
        <translation>让表格保持不动；观察仍在继续（在表格中：空格键）</translation>
    </message>
    <message>
        <source>C&amp;olumns</source>
        <translation>列（&amp;O）</translation>
    </message>
    <message>
        <source>Choose which columns are shown</source>
        <translation>选择显示哪些列</translation>
    </message>
    <message>
        <source>&amp;Go to the table</source>
        <translation>转到表格（&amp;G）</translation>
    </message>
    <message>
        <source>Put the keyboard focus into the table of locks</source>
        <translation>把键盘焦点移到锁的表格</translation>
    </message>
    <message>
        <source>&amp;Details</source>
        <translation>详细信息（&amp;D）</translation>
    </message>
    <message>
        <source>Show or hide the details of the selected lock</source>
        <translation>显示或隐藏所选锁的详细信息</translation>
    </message>
    <message>
        <source>&amp;Activity</source>
        <translation>活动（&amp;A）</translation>
    </message>
    <message>
        <source>Show or hide the stream of recent events</source>
        <translation>显示或隐藏最近事件流</translation>
    </message>
    <message>
        <source>Pa&amp;use activity</source>
        <translation>暂停活动（&amp;U）</translation>
    </message>
    <message>
        <source>Hold the stream of events still; events are kept</source>
        <translation>让事件流保持不动；事件仍会保留</translation>
    </message>
    <message>
        <source>&amp;Only the selected lock</source>
        <translation>仅所选的锁（&amp;O）</translation>
    </message>
    <message>
        <source>Show only the events of the selected lock</source>
        <translation>只显示所选锁的事件</translation>
    </message>
    <message>
        <source>Theme: &amp;system</source>
        <translation>主题：跟随系统（&amp;S）</translation>
    </message>
    <message>
        <source>Light or dark as the desktop says</source>
        <translation>按桌面设置使用浅色或深色</translation>
    </message>
    <message>
        <source>Theme: &amp;light</source>
        <translation>主题：浅色（&amp;L）</translation>
    </message>
    <message>
        <source>Always light</source>
        <translation>始终为浅色</translation>
    </message>
    <message>
        <source>Theme: dar&amp;k</source>
        <translation>主题：深色（&amp;K）</translation>
    </message>
    <message>
        <source>Always dark</source>
        <translation>始终为深色</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>全屏（&amp;F）</translation>
    </message>
    <message>
        <source>Fill the screen</source>
        <translation>占满整个屏幕</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>键盘快捷键（&amp;K）</translation>
    </message>
    <message>
        <source>All actions and their keys</source>
        <translation>所有操作及其按键</translation>
    </message>
    <message>
        <source>&amp;About Lockscope</source>
        <translation>关于 Lockscope（&amp;A）</translation>
    </message>
    <message>
        <source>Version and licence</source>
        <translation>版本和许可证</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>&amp;Why this state?</source>
        <translation>为何是此状态？(&amp;W)</translation>
    </message>
    <message>
        <source>Say why the lock is in its state, with the evidence</source>
        <translation>说明锁为何处于此状态及其依据</translation>
    </message>
    <message>
        <source>Saved &amp;views</source>
        <translation>已保存的视图(&amp;V)</translation>
    </message>
    <message>
        <source>Choose a saved view</source>
        <translation>选择已保存的视图</translation>
    </message>
    <message>
        <source>&amp;Save this view…</source>
        <translation>保存当前视图(&amp;S)…</translation>
    </message>
    <message>
        <source>Keep this filter, order and choice of columns under a name</source>
        <translation>以名称保存当前的筛选、排序和列选择</translation>
    </message>
    <message>
        <source>&amp;Groups</source>
        <translation>分组(&amp;G)</translation>
    </message>
    <message>
        <source>Show or hide the locks by holder or by key prefix</source>
        <translation>显示或隐藏按持有者或键前缀分组的锁</translation>
    </message>
    <message>
        <source>&amp;Ended locks</source>
        <translation>已结束的锁(&amp;E)</translation>
    </message>
    <message>
        <source>Keep the row of a lock that has ended for three seconds, struck out</source>
        <translation>已结束的锁以删除线样式保留三秒</translation>
    </message>
    <message>
        <source>Reduce &amp;motion</source>
        <translation>减少动画(&amp;M)</translation>
    </message>
    <message>
        <source>Marks of what has changed stand still instead of fading</source>
        <translation>变化标记保持静止，不再渐隐</translation>
    </message>
    <message>
        <source>&amp;Find my locks…</source>
        <translation>查找我的锁（&amp;F）…</translation>
    </message>
    <message>
        <source>Sample the keys for patterns that name locks</source>
        <translation>抽样键，找出像锁的键名模式</translation>
    </message>
    <message>
        <source>&amp;Lock families…</source>
        <translation>锁家族（&amp;L）…</translation>
    </message>
    <message>
        <source>The lock libraries that are known, and your own declarations</source>
        <translation>已知的锁库，以及您自己的声明</translation>
    </message>
    <message>
        <source>Ar&amp;m writes…</source>
        <translation>解锁写入(&amp;M)…</translation>
    </message>
    <message>
        <source>Let this window write to production for ten minutes at most</source>
        <translation>让此窗口可以写入生产环境，最多十分钟</translation>
    </message>
    <message>
        <source>&amp;Audit log…</source>
        <translation>审计日志(&amp;A)…</translation>
    </message>
    <message>
        <source>What operators did, why, and with what outcome</source>
        <translation>操作者做了什么、为什么、结果如何</translation>
    </message>
    <message>
        <source>Show the &amp;value…</source>
        <translation>显示值(&amp;V)…</translation>
    </message>
    <message>
        <source>What stands in the key, as text, bytes or elements</source>
        <translation>键中的内容：文本、字节或元素</translation>
    </message>
    <message>
        <source>Show all of this &amp;holder</source>
        <translation>显示此持有者的全部锁(&amp;H)</translation>
    </message>
    <message>
        <source>Filter the table for everything that this holder has</source>
        <translation>筛选出此持有者的所有锁</translation>
    </message>
    <message>
        <source>What the server is, how whole the picture is, and what we cost it</source>
        <translation>服务器的情况、画面是否完整，以及我们造成的负载</translation>
    </message>
    <message>
        <source>Show or hide the locks that you hold yourself</source>
        <translation>显示或隐藏您自己持有的锁</translation>
    </message>
    <message>
        <source>Ser&amp;ver</source>
        <translation>服务器（&amp;V）</translation>
    </message>
    <message>
        <source>M&amp;y locks</source>
        <translation>我的锁（&amp;Y）</translation>
    </message>
    <message>
        <source>Stress la&amp;b</source>
        <translation>压力实验室(&amp;B)</translation>
    </message>
    <message>
        <source>Try whether a lock strategy holds, and how fast it is</source>
        <translation>试验一种加锁策略能否守住、有多快</translation>
    </message>
    <message>
        <source>Docto&amp;r</source>
        <translation>诊断(&amp;R)</translation>
    </message>
    <message>
        <source>Whether this deployment is safe for locks, and what it allows</source>
        <translation>此部署对锁是否安全，以及它允许什么</translation>
    </message>
    <message>
        <source>C&amp;onnections…</source>
        <translation>连接(&amp;O)…</translation>
    </message>
    <message>
        <source>The saved connections: add, change, try out and open them</source>
        <translation>已保存的连接：添加、修改、测试和打开</translation>
    </message>
    <message>
        <source>New &amp;window…</source>
        <translation>新窗口(&amp;W)…</translation>
    </message>
    <message>
        <source>Watch a further server in a window of its own</source>
        <translation>在单独的窗口中观察另一台服务器</translation>
    </message>
</context>
<context>
    <name>lockscope::ActivityModel</name>
    <message>
        <source>Told by the server&apos;s notification</source>
        <translation>由服务器的通知得知</translation>
    </message>
    <message>
        <source>Found by reading the key</source>
        <translation>通过读取该键发现</translation>
    </message>
    <message>
        <source>Found by a pass over the key space; it happened some time before</source>
        <translation>由一轮键空间扫描发现；实际发生在此之前</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Holder token</source>
        <translation>持有者令牌</translation>
    </message>
    <message>
        <source>TTL</source>
        <translation>TTL</translation>
    </message>
    <message>
        <source>events since %1 may be missing; the state was read anew</source>
        <translation>%1 以来的事件可能有遗漏；状态已重新读取</translation>
    </message>
    <message>
        <source>%1, before it %2</source>
        <translation>%1，之前为 %2</translation>
    </message>
    <message>
        <source>Client tracking named the key; it was read then</source>
        <translation>客户端跟踪报出了该键，随后读取了它</translation>
    </message>
    <message>
        <source>Nobody said whether it was released, or expired, in between</source>
        <translation>没有人说明它在此期间是被释放了，还是到期了</translation>
    </message>
    <message>
        <source>Nobody said how it ended: it is gone, and its time was over</source>
        <translation>没有人说明它是怎样结束的：它已不在，而且时间已到</translation>
    </message>
    <message>
        <source>Nobody said how it ended: it is gone before its time, released or evicted</source>
        <translation>没有人说明它是怎样结束的：它在到期之前就不在了，被释放或被驱逐</translation>
    </message>
</context>
<context>
    <name>lockscope::ActivityPanel</name>
    <message>
        <source>Recent events</source>
        <translation>最近事件</translation>
    </message>
    <message>
        <source>Paused; newer events are kept back</source>
        <translation>已暂停；较新的事件暂不显示</translation>
    </message>
    <message>
        <source>Only %1</source>
        <translation>仅 %1</translation>
    </message>
    <message>
        <source>Select a lock to see only its events</source>
        <translation>选择一把锁以只看它的事件</translation>
    </message>
    <message>
        <source>Newest first: %1</source>
        <translation>最新的在前：%1</translation>
    </message>
</context>
<context>
    <name>lockscope::Afterwards</name>
    <message>
        <source>it may come back: its renewal creates a missing key again within 6 s</source>
        <translation>它可能回来：续期会在 6 秒内重新创建缺失的键</translation>
    </message>
    <message>
        <source>nothing: it only keeps the same task from being queued again</source>
        <translation>无影响：它只是防止同一任务再次入队</translation>
    </message>
    <message>
        <source>the worker goes on and fails at the end of the job; the stalled check puts the job back</source>
        <translation>工作进程继续运行，在作业结束时失败；停滞检查会把作业放回队列</translation>
    </message>
    <message>
        <source>the task goes on, the same task may start again; at its end it deletes the key whoever holds it</source>
        <translation>任务继续运行，同一任务可能再次启动；结束时无论谁持有都会删除该键</translation>
    </message>
    <message>
        <source>it goes on; its release then throws `LostLockException`</source>
        <translation>它继续运行；之后释放时抛出 `LostLockException`</translation>
    </message>
    <message>
        <source>it goes on; it notes at its end that it held the lock for too long</source>
        <translation>它继续运行；结束时会记录持锁时间过长</translation>
    </message>
    <message>
        <source>its `HandleLostToken` fires at the next renewal</source>
        <translation>下次续期时触发其 `HandleLostToken`</translation>
    </message>
    <message>
        <source>is told by HandleLostToken. A dead reader&apos;s id stays while other readers keep the set alive</source>
        <translation>由 HandleLostToken 得知。只要其他读者维持该集合，已死读者的标识就会保留</translation>
    </message>
    <message>
        <source>is told by HandleLostToken</source>
        <translation>由 HandleLostToken 得知</translation>
    </message>
    <message>
        <source>it goes on computing the value; another process may compute it too</source>
        <translation>它继续计算该值；其他进程也可能同时计算</translation>
    </message>
    <message>
        <source>it goes on; waiters notice within 3 s</source>
        <translation>它继续运行；等待者在 3 秒内察觉</translation>
    </message>
    <message>
        <source>it goes on; renewing it fails</source>
        <translation>它继续运行；续期会失败</translation>
    </message>
    <message>
        <source>it goes on; acquiring once more it may take the key again</source>
        <translation>它继续运行；再次获取时可能重新取得该键</translation>
    </message>
    <message>
        <source>it goes on; its renewal does not take the key again</source>
        <translation>它继续运行；续期不会重新取得该键</translation>
    </message>
    <message>
        <source>it goes on restoring messages that nobody confirmed; another worker may do so too</source>
        <translation>它继续恢复未被确认的消息；其他工作进程也可能这样做</translation>
    </message>
    <message>
        <source>it goes on; a unique job deletes the key at its end whoever holds it</source>
        <translation>它继续运行；唯一作业结束时无论谁持有都会删除该键</translation>
    </message>
    <message>
        <source>it goes on; extending and releasing it fail</source>
        <translation>它继续运行；延长和释放都会失败</translation>
    </message>
    <message>
        <source>it goes on; `extend` and `release` then find no quorum</source>
        <translation>它继续运行；之后 `extend` 和 `release` 得不到多数</translation>
    </message>
    <message>
        <source>it goes on; at its end it deletes the key whoever holds it, if its own clock says that it has not expired</source>
        <translation>它继续运行；结束时若其自身时钟认为尚未过期，则无论谁持有都会删除该键</translation>
    </message>
    <message>
        <source>it goes on; its release then throws `LockReleaseException`</source>
        <translation>它继续运行；之后释放时抛出 `LockReleaseException`</translation>
    </message>
    <message>
        <source>nothing: it is not told</source>
        <translation>无影响：它不会被告知</translation>
    </message>
    <message>
        <source>it goes on; its `release` then raises `ReleaseUnlockedLock`</source>
        <translation>它继续运行；之后 `release` 抛出 `ReleaseUnlockedLock`</translation>
    </message>
    <message>
        <source>it goes on; its `release` then raises `NotAcquired`</source>
        <translation>它继续运行；之后 `release` 抛出 `NotAcquired`</translation>
    </message>
    <message>
        <source>a slow holder may delete the next one&apos;s lock at its end</source>
        <translation>缓慢的持有者结束时可能删除下一个持有者的锁</translation>
    </message>
    <message>
        <source>the scheduler fails at its next tick; the next one takes over when it asks again, after up to `max_interval`</source>
        <translation>调度器在下一次运行时失败；下一个调度器再次询问时接管，最迟在 `max_interval` 之后</translation>
    </message>
    <message>
        <source>it goes on; `Refresh` and `Release` then fail</source>
        <translation>它继续运行；之后 `Refresh` 和 `Release` 失败</translation>
    </message>
    <message>
        <source>its watcher tells the program at the next renewal</source>
        <translation>其监视线程在下次续期时通知程序</translation>
    </message>
    <message>
        <source>it goes on; its `release` then raises `LockNotOwnedError`</source>
        <translation>它继续运行；之后 `release` 抛出 `LockNotOwnedError`</translation>
    </message>
    <message>
        <source>nothing: it is not told; the waiters line up again by themselves</source>
        <translation>无影响：它不会被告知；等待者会自行重新排队</translation>
    </message>
    <message>
        <source>it is told at its next renewal, which by default throws</source>
        <translation>它在下次续期时得知，默认会抛出异常</translation>
    </message>
    <message>
        <source>is told at its next renewal; the redlock variants may take it again on nodes that lost it</source>
        <translation>在下次续期时得知；redlock 变体可能在失去它的节点上重新取得</translation>
    </message>
    <message>
        <source>keeps running; its watchdog stops within 10 s, its `unlock()` throws; the lock does not come back</source>
        <translation>继续运行；其看门狗在 10 秒内停止，`unlock()` 抛出异常；锁不会回来</translation>
    </message>
    <message>
        <source>keeps running; its `unlock()` throws</source>
        <translation>继续运行；其 `unlock()` 抛出异常</translation>
    </message>
    <message>
        <source>keeps running; its `release()` fails, `tryRelease()` answers false</source>
        <translation>继续运行；其 `release()` 失败，`tryRelease()` 返回 false</translation>
    </message>
    <message>
        <source>keeps running; its `unlock()` throws. A crashed reader&apos;s field stays while others renew the lock</source>
        <translation>继续运行；其 `unlock()` 抛出异常。只要其他读者续期，崩溃读者的字段就会保留</translation>
    </message>
    <message>
        <source>gives its permit back too: then there is one too many</source>
        <translation>它也会归还许可：于是会多出一个</translation>
    </message>
    <message>
        <source>it may come back: its timer creates a missing key again at the next half of the lease, unless another one has it</source>
        <translation>它可能回来：除非已被他人持有，其定时器会在租约下一个一半处重新创建缺失的键</translation>
    </message>
    <message>
        <source>it goes on; extending creates a missing key again unless told otherwise</source>
        <translation>它继续运行；除非另有设置，延长会重新创建缺失的键</translation>
    </message>
    <message>
        <source>it goes on until `Unlock` or `Extend` fails; with `WithSetNXOnExtend` it takes a missing key again</source>
        <translation>它继续运行，直到 `Unlock` 或 `Extend` 失败；使用 `WithSetNXOnExtend` 时会重新取得缺失的键</translation>
    </message>
    <message>
        <source>it goes on scheduling and its heartbeat prolongs the next one&apos;s lock; at its end it deletes the key whoever holds it</source>
        <translation>它继续调度，其心跳会延长下一个持有者的锁；结束时无论谁持有都会删除该键</translation>
    </message>
    <message>
        <source>it goes on; extending and unlocking it find no quorum</source>
        <translation>它继续运行；延长和解锁得不到多数</translation>
    </message>
    <message>
        <source>its context is cancelled at once, as soon as it has lost the majority</source>
        <translation>一旦失去多数，其上下文立即被取消</translation>
    </message>
    <message>
        <source>it goes on; its release then reports the other owner</source>
        <translation>它继续运行；之后释放时报告另一个所有者</translation>
    </message>
    <message>
        <source>the job goes on; without `safeUpdate` its end deletes or shortens the key whoever holds it</source>
        <translation>作业继续运行；没有 `safeUpdate` 时，其结束会删除或缩短该键，无论谁持有</translation>
    </message>
    <message>
        <source>nothing: the job runs on. Locks without a job are collected every 600 s</source>
        <translation>无影响：作业继续运行。没有作业的锁每 600 秒回收一次</translation>
    </message>
    <message>
        <source>its next renewal reports the loss; `unlock()` throws `ConcurrentModificationException`</source>
        <translation>其下次续期报告丢失；`unlock()` 抛出 `ConcurrentModificationException`</translation>
    </message>
    <message>
        <source>keeps running; its next `refresh()` fails unless the lock is free, and then takes it again</source>
        <translation>继续运行；下次 `refresh()` 失败，除非锁空闲，那时会重新取得</translation>
    </message>
</context>
<context>
    <name>lockscope::ArmDialog</name>
    <message>
        <source>&amp;Arm writes</source>
        <translation>解锁写入(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>取消(&amp;C)</translation>
    </message>
    <message>
        <source>Arm writes</source>
        <translation>解锁写入</translation>
    </message>
    <message>
        <source>Until the time is over this window can change locks on this server. Each act still asks for itself. The reason goes into the audit log.</source>
        <translation>在时限内，此窗口可以更改该服务器上的锁。每次操作仍会单独询问。原因会写入审计日志。</translation>
    </message>
    <message>
        <source>why: a ticket, an incident, a name</source>
        <translation>原因：工单、事故或姓名</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message numerus="yes">
        <source>%Ln minutes</source>
        <translation>
            <numerusform>%Ln 分钟</numerusform>
        </translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>&amp;Reason (required):</source>
        <translation>原因（必填）(&amp;R)：</translation>
    </message>
    <message>
        <source>&amp;For:</source>
        <translation>时长(&amp;F)：</translation>
    </message>
</context>
<context>
    <name>lockscope::ArmStrip</name>
    <message>
        <source>&amp;Disarm now</source>
        <translation>立即锁定(&amp;D)</translation>
    </message>
    <message>
        <source>Refuse writes again at once</source>
        <translation>立即重新拒绝写入</translation>
    </message>
    <message>
        <source>Read-only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>Writes are armed: %1 left</source>
        <translation>写入已解锁：剩余 %1</translation>
    </message>
    <message>
        <source>Read-only until you arm the writes, for ten minutes at most</source>
        <translation>只读，直到您解锁写入（最多十分钟）</translation>
    </message>
</context>
<context>
    <name>lockscope::Audit</name>
    <message>
        <source>Force-release</source>
        <translation>强制释放</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Writes armed</source>
        <translation>解锁写入</translation>
    </message>
    <message>
        <source>Shorten</source>
        <translation>缩短租约</translation>
    </message>
    <message>
        <source>Add a TTL</source>
        <translation>添加 TTL</translation>
    </message>
    <message>
        <source>Take over</source>
        <translation>接管</translation>
    </message>
    <message>
        <source>Hand back</source>
        <translation>交还</translation>
    </message>
    <message>
        <source>Kill connection</source>
        <translation>断开连接</translation>
    </message>
    <message>
        <source>Acquire</source>
        <translation>获取</translation>
    </message>
    <message>
        <source>Extend</source>
        <translation>续期</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>释放</translation>
    </message>
    <message>
        <source>released</source>
        <translation>已释放</translation>
    </message>
    <message>
        <source>restored</source>
        <translation>已恢复</translation>
    </message>
    <message>
        <source>armed</source>
        <translation>已解锁</translation>
    </message>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>already gone</source>
        <translation>已不存在</translation>
    </message>
    <message>
        <source>holder changed</source>
        <translation>持有者已变</translation>
    </message>
    <message>
        <source>key was there</source>
        <translation>键已存在</translation>
    </message>
    <message>
        <source>expired meanwhile</source>
        <translation>其间已到期</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>outcome unknown</source>
        <translation>结果未知</translation>
    </message>
    <message>
        <source>not sent</source>
        <translation>未发送</translation>
    </message>
    <message>
        <source>no outcome written</source>
        <translation>没有结果记录</translation>
    </message>
    <message>
        <source>Put back, without a TTL as before.</source>
        <translation>已放回，与原来一样没有 TTL。</translation>
    </message>
    <message>
        <source>Put back; it ends by itself in %1.</source>
        <translation>已放回；将在 %1 后自行结束。</translation>
    </message>
    <message>
        <source>The key is free. It would come back without a TTL.</source>
        <translation>键空闲。放回后没有 TTL。</translation>
    </message>
    <message>
        <source>The key is free. It would come back with %1 left.</source>
        <translation>键空闲。放回后剩余 %1。</translation>
    </message>
    <message>
        <source>The key is there: somebody holds it by now, and is left alone.</source>
        <translation>键已存在：现在有人持有，不会动它。</translation>
    </message>
    <message>
        <source>Its lease would have ended by itself meanwhile: there is nothing to put back.</source>
        <translation>其租约在此期间本来也会自行结束：没有可放回的内容。</translation>
    </message>
    <message>
        <source>Refused; nothing was changed.</source>
        <translation>被拒绝；没有更改任何内容。</translation>
    </message>
    <message>
        <source>Outcome unknown: the answer was lost, and the command is not sent again. Look at the lock.</source>
        <translation>结果未知：应答丢失，命令不会重发。请查看该锁。</translation>
    </message>
    <message>
        <source>Nothing was deleted here</source>
        <translation>此处没有删除任何内容</translation>
    </message>
    <message>
        <source>Entry %1 has put it back already</source>
        <translation>条目 %1 已将其放回</translation>
    </message>
    <message>
        <source>The entry has no old value</source>
        <translation>该条目没有旧值</translation>
    </message>
    <message>
        <source>The old value was too large to keep</source>
        <translation>旧值太大，没有保留</translation>
    </message>
    <message>
        <source>The old value could not be read before the act</source>
        <translation>操作前未能读取旧值</translation>
    </message>
    <message>
        <source>The act changed nothing</source>
        <translation>该操作没有更改任何内容</translation>
    </message>
    <message>
        <source>acquired</source>
        <translation>已获取</translation>
    </message>
    <message>
        <source>extended</source>
        <translation>已延长</translation>
    </message>
    <message>
        <source>taken by somebody else</source>
        <translation>已被他人占用</translation>
    </message>
    <message>
        <source>not held any more</source>
        <translation>已不再持有</translation>
    </message>
</context>
<context>
    <name>lockscope::AuditDetails</name>
    <message>
        <source>any</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>%1, found %2</source>
        <translation>%1，实际为 %2</translation>
    </message>
    <message>
        <source>%1 left then</source>
        <translation>当时剩余 %1</translation>
    </message>
    <message>
        <source>no TTL</source>
        <translation>无 TTL</translation>
    </message>
    <message>
        <source>kept for restore</source>
        <translation>已保留，可恢复</translation>
    </message>
    <message>
        <source>nobody within %1</source>
        <translation>%1 内无人获取</translation>
    </message>
    <message>
        <source>%1 after %2</source>
        <translation>%1，于 %2 后</translation>
    </message>
    <message>
        <source>undoes entry %1</source>
        <translation>撤销条目 %1</translation>
    </message>
    <message>
        <source>put back by entry %1</source>
        <translation>由条目 %1 放回</translation>
    </message>
    <message>
        <source>Select an entry to see all of it.</source>
        <translation>选择一个条目以查看全部内容。</translation>
    </message>
    <message>
        <source>Entry</source>
        <translation>条目</translation>
    </message>
    <message>
        <source>Entry:</source>
        <translation>条目：</translation>
    </message>
    <message>
        <source>Time:</source>
        <translation>时间：</translation>
    </message>
    <message>
        <source>Act:</source>
        <translation>操作：</translation>
    </message>
    <message>
        <source>Key:</source>
        <translation>键：</translation>
    </message>
    <message>
        <source>Family:</source>
        <translation>锁库：</translation>
    </message>
    <message>
        <source>Token:</source>
        <translation>令牌：</translation>
    </message>
    <message>
        <source>Outcome:</source>
        <translation>结果：</translation>
    </message>
    <message>
        <source>Error:</source>
        <translation>错误：</translation>
    </message>
    <message>
        <source>Per node:</source>
        <translation>各节点：</translation>
    </message>
    <message>
        <source>Next holder:</source>
        <translation>下一个持有者：</translation>
    </message>
    <message>
        <source>Reason:</source>
        <translation>原因：</translation>
    </message>
    <message>
        <source>Ticket:</source>
        <translation>工单：</translation>
    </message>
    <message>
        <source>Who:</source>
        <translation>操作者：</translation>
    </message>
    <message>
        <source>Redis user:</source>
        <translation>Redis 用户：</translation>
    </message>
    <message>
        <source>Server:</source>
        <translation>服务器：</translation>
    </message>
    <message>
        <source>Environment:</source>
        <translation>环境：</translation>
    </message>
    <message>
        <source>Before:</source>
        <translation>操作前：</translation>
    </message>
    <message>
        <source>Related:</source>
        <translation>相关：</translation>
    </message>
</context>
<context>
    <name>lockscope::AuditModel</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>操作者</translation>
    </message>
    <message>
        <source>Act</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
</context>
<context>
    <name>lockscope::AuditWindow</name>
    <message>
        <source>&amp;Verify the chain</source>
        <translation>校验链(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Restore…</source>
        <translation>恢复(&amp;R)…</translation>
    </message>
    <message>
        <source>Re&amp;load</source>
        <translation>重新读取(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>关闭(&amp;C)</translation>
    </message>
    <message>
        <source>Audit log</source>
        <translation>审计日志</translation>
    </message>
    <message>
        <source>Key, reason, ticket, user, host or server</source>
        <translation>键、原因、工单、用户、主机或服务器</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>过滤</translation>
    </message>
    <message>
        <source>All acts</source>
        <translation>所有操作</translation>
    </message>
    <message>
        <source>Act</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>All outcomes</source>
        <translation>所有结果</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>任何时间</translation>
    </message>
    <message>
        <source>Last hour</source>
        <translation>最近一小时</translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation>最近 24 小时</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>最近 30 天</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Checks that no entry was changed, removed, moved or put in</source>
        <translation>检查是否有条目被更改、删除、移动或插入</translation>
    </message>
    <message>
        <source>Entries</source>
        <translation>条目</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>No entry passes the filters.</source>
        <translation>没有条目符合过滤条件。</translation>
    </message>
    <message>
        <source>Nothing was done yet. Every force-release, every restore and every arming of writes
leaves its entry here, before anything is sent to a server.</source>
        <translation>尚无操作。每次强制释放、恢复和解锁写入，
都会在向服务器发送任何内容之前在此留下条目。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln entries</source>
        <translation>
            <numerusform>%Ln 个条目</numerusform>
        </translation>
    </message>
    <message>
        <source>Select an entry first</source>
        <translation>请先选择一个条目</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>Put the lock back, if its key is free</source>
        <translation>如果键空闲，则放回该锁</translation>
    </message>
    <message>
        <source>Checking every entry…</source>
        <translation>正在检查每个条目…</translation>
    </message>
    <message numerus="yes">
        <source>The chain is whole: %Ln entries.</source>
        <translation>
            <numerusform>链完整：%Ln 个条目。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 rows; note the last hash elsewhere to prove later that nothing was cut off: %2</source>
        <translation>%1 行；请把最后的散列记在别处，以便日后证明没有被截断：%2</translation>
    </message>
    <message>
        <source>The chain is broken at row %1.</source>
        <translation>链在第 %1 行断裂。</translation>
    </message>
    <message>
        <source>The chain is broken.</source>
        <translation>链已断裂。</translation>
    </message>
    <message>
        <source>Found: %1. The %2 rows before it are as they were written. Keep the file as it is, and ask who had access to it.</source>
        <translation>发现：%1。其前的 %2 行与写入时一致。请原样保留该文件，并查明谁能访问它。</translation>
    </message>
    <message>
        <source>Export the audit log</source>
        <translation>导出审计日志</translation>
    </message>
    <message>
        <source>CSV (*.csv);;JSON (*.json)</source>
        <translation>CSV (*.csv);;JSON (*.json)</translation>
    </message>
    <message numerus="yes">
        <source>%Ln entries were written.</source>
        <translation>
            <numerusform>已写入 %Ln 个条目。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::CapabilityCard</name>
    <message>
        <source>Allowed: %1</source>
        <translation>允许：%1</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>What %1 allows</source>
        <translation>%1 允许什么</translation>
    </message>
</context>
<context>
    <name>lockscope::Cli</name>
    <message>
        <source>there is no terminal to ask on: force-release needs --yes</source>
        <translation>没有可供询问的终端：force-release 需要 --yes</translation>
    </message>
    <message>
        <source>--pace is auto, gentle or full</source>
        <translation>--pace 只能是 auto、gentle 或 full</translation>
    </message>
    <message>
        <source>unknown family &apos;%1&apos;; known: %2</source>
        <translation>未知的锁类“%1”；已知：%2</translation>
    </message>
    <message>
        <source>--token and --token-file exclude each other</source>
        <translation>--token 与 --token-file 不能同时使用</translation>
    </message>
    <message>
        <source>the token is empty</source>
        <translation>令牌为空</translation>
    </message>
    <message>
        <source>--duration needs a number of seconds</source>
        <translation>--duration 需要秒数</translation>
    </message>
    <message>
        <source>force-release needs either a KEY or --match GLOB</source>
        <translation>force-release 需要 KEY 或 --match GLOB 之一</translation>
    </message>
    <message>
        <source>--expect-token and --any-token exclude each other</source>
        <translation>--expect-token 与 --any-token 不能同时使用</translation>
    </message>
    <message>
        <source>--expect-token is for one KEY; --match keeps the tokens it saw</source>
        <translation>--expect-token 只用于单个 KEY；--match 以它所看到的令牌为准</translation>
    </message>
    <message>
        <source>force-release KEY needs --expect-token T or --any-token</source>
        <translation>force-release KEY 需要 --expect-token T 或 --any-token</translation>
    </message>
    <message>
        <source>force-release needs --reason TEXT</source>
        <translation>force-release 需要 --reason TEXT</translation>
    </message>
    <message>
        <source>%1 has no option --%2</source>
        <translation>%1 没有选项 --%2</translation>
    </message>
    <message>
        <source>unexpected argument &apos;%1&apos;</source>
        <translation>多余的参数“%1”</translation>
    </message>
    <message>
        <source>%1 needs a KEY</source>
        <translation>%1 需要 KEY</translation>
    </message>
    <message>
        <source>%1 needs --token T or --token-file FILE</source>
        <translation>%1 需要 --token T 或 --token-file FILE</translation>
    </message>
    <message>
        <source>extend needs --ttl MS</source>
        <translation>extend 需要 --ttl MS</translation>
    </message>
    <message>
        <source>a command is missing</source>
        <translation>缺少命令</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is not in this version yet</source>
        <translation>此版本尚不支持“%1”</translation>
    </message>
    <message>
        <source>unknown command &apos;%1&apos;</source>
        <translation>未知命令“%1”</translation>
    </message>
    <message>
        <source>the command after -- is missing</source>
        <translation>-- 之后缺少命令</translation>
    </message>
    <message>
        <source>Usage: lockscope-cli [OPTIONS] COMMAND [OPTIONS]</source>
        <translation>用法：lockscope-cli [OPTIONS] COMMAND [OPTIONS]</translation>
    </message>
    <message>
        <source>no TTL</source>
        <translation>无 TTL</translation>
    </message>
    <message>
        <source>STATE</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>KEY</source>
        <translation>键</translation>
    </message>
    <message>
        <source>FAMILY</source>
        <translation>锁类</translation>
    </message>
    <message>
        <source>TOKEN</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>OWNER</source>
        <translation>所有者</translation>
    </message>
    <message>
        <source>REMAINING</source>
        <translation>剩余时间</translation>
    </message>
    <message>
        <source>HELD</source>
        <translation>已持有</translation>
    </message>
    <message>
        <source>RENEWALS</source>
        <translation>续期次数</translation>
    </message>
    <message>
        <source>DB</source>
        <translation>库</translation>
    </message>
    <message>
        <source>NODE</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>PARTIAL: %1 so far, %2 of about %3 keys looked at</source>
        <translation>不完整：目前 %1，约 %3 个键中已查看 %2 个</translation>
    </message>
    <message>
        <source>%1, complete: %2 keys looked at in %3</source>
        <translation>%1，完整：在 %3 内查看了 %2 个键</translation>
    </message>
    <message>
        <source>one snapshot of the live locks</source>
        <translation>当前各锁的一次快照</translation>
    </message>
    <message>
        <source>follows the locks live: a table on a terminal, else events</source>
        <translation>实时跟踪锁：终端中为表格，否则为事件</translation>
    </message>
    <message>
        <source>everything known of one lock</source>
        <translation>一把锁的全部已知信息</translation>
    </message>
    <message>
        <source>takes a lock; with a command, holds it while that runs</source>
        <translation>获取锁；带命令时，在命令运行期间持有</translation>
    </message>
    <message>
        <source>prolongs a lock that is held with a token</source>
        <translation>为以令牌持有的锁续期</translation>
    </message>
    <message>
        <source>ends a lock that is held with a token</source>
        <translation>结束以令牌持有的锁</translation>
    </message>
    <message>
        <source>ends locks of somebody else&apos;s, recorded in the audit log</source>
        <translation>结束他人的锁，并记入审计日志</translation>
    </message>
    <message>
        <source>reads the password from the file&apos;s first line</source>
        <translation>从文件的第一行读取密码</translation>
    </message>
    <message>
        <source>only keys like this are locks; repeatable</source>
        <translation>只有这样的键才算锁；可重复</translation>
    </message>
    <message>
        <source>how long to wait for the server (5000)</source>
        <translation>等待服务器的时限 (5000)</translation>
    </message>
    <message>
        <source>one JSON document, or one JSON object a line</source>
        <translation>一个 JSON 文档，或每行一个 JSON 对象</translation>
    </message>
    <message>
        <source>how hard a listing may press the server (auto)</source>
        <translation>列出时可给服务器多大负担 (auto)</translation>
    </message>
    <message>
        <source>switches on the keyspace events that watching needs</source>
        <translation>打开观察所需的键空间事件</translation>
    </message>
    <message>
        <source>refuses whatever would write, before it is sent</source>
        <translation>在发送之前拒绝一切写入</translation>
    </message>
    <message>
        <source>no notes, only results and errors</source>
        <translation>没有附注，只有结果和错误</translation>
    </message>
    <message>
        <source>logs what happens to standard error</source>
        <translation>把经过记录到标准错误</translation>
    </message>
    <message>
        <source>at the end, writes the live locks as list --json does</source>
        <translation>结束时像 list --json 那样写出当前的锁</translation>
    </message>
    <message>
        <source>the token; others see it in the process list: prefer --token-file</source>
        <translation>令牌；他人可在进程列表中看到：宜用 --token-file</translation>
    </message>
    <message>
        <source>reads the token from a file, or from standard input with -</source>
        <translation>从文件读取令牌，用 - 则从标准输入读取</translation>
    </message>
    <message>
        <source>only while this token still holds it</source>
        <translation>仅当此令牌仍持有它时</translation>
    </message>
    <message>
        <source>whoever holds it</source>
        <translation>不论由谁持有</translation>
    </message>
    <message>
        <source>shows what would be done</source>
        <translation>显示将会做什么</translation>
    </message>
    <message>
        <source>does not ask</source>
        <translation>不询问</translation>
    </message>
    <message>
        <source>this text; with a command, its own</source>
        <translation>此说明；带命令时为该命令的说明</translation>
    </message>
    <message>
        <source>the version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>released</source>
        <translation>已释放</translation>
    </message>
    <message>
        <source>already gone</source>
        <translation>已不存在</translation>
    </message>
    <message>
        <source>not released: the holder has changed</source>
        <translation>未释放：持有者已变更</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>已被拒绝</translation>
    </message>
    <message>
        <source>outcome unknown, not sent again</source>
        <translation>结果未知，没有重发</translation>
    </message>
    <message>
        <source>to be released</source>
        <translation>将被释放</translation>
    </message>
    <message>
        <source>no lock matches</source>
        <translation>没有匹配的锁</translation>
    </message>
    <message>
        <source>%1: %2; holder %3 %4; remaining %5</source>
        <translation>%1：%2；持有者 %3 %4；剩余 %5</translation>
    </message>
    <message>
        <source>it is held now</source>
        <translation>现在由它持有</translation>
    </message>
    <message>
        <source>it is gone now</source>
        <translation>现在已不存在</translation>
    </message>
    <message>
        <source>Password for %1: </source>
        <translation>%1 的密码： </translation>
    </message>
    <message>
        <source>key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>node</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>family</source>
        <translation>锁类</translation>
    </message>
    <message>
        <source>confidence</source>
        <translation>置信度</translation>
    </message>
    <message>
        <source>token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>no token (%1 bytes)</source>
        <translation>没有令牌（%1 字节）</translation>
    </message>
    <message>
        <source>owner</source>
        <translation>所有者</translation>
    </message>
    <message>
        <source>remaining</source>
        <translation>剩余时间</translation>
    </message>
    <message>
        <source>no TTL: it will never expire by itself</source>
        <translation>无 TTL：永远不会自行过期</translation>
    </message>
    <message>
        <source>idle</source>
        <translation>空闲时间</translation>
    </message>
    <message>
        <source>%1 events were left out: the output is read too slowly</source>
        <translation>省略了 %1 个事件：输出读取得太慢</translation>
    </message>
    <message>
        <source>live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>polling every %1: short holds can be missed</source>
        <translation>每 %1 轮询一次：可能错过短暂的持有</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>正在连接</translation>
    </message>
    <message>
        <source>CONNECTION LOST</source>
        <translation>连接已断开</translation>
    </message>
    <message>
        <source>GAP since %1</source>
        <translation>自 %1 起有缺口</translation>
    </message>
    <message>
        <source>%1 events/s, %2 own commands/s</source>
        <translation>每秒 %1 个事件，自身每秒 %2 条命令</translation>
    </message>
    <message>
        <source> - ending soonest first - q quits</source>
        <translation> - 最先到期的在前 - 按 q 退出</translation>
    </message>
    <message numerus="yes">
        <source>%n locks</source>
        <translation>
            <numerusform>%n 把锁</numerusform>
        </translation>
    </message>
    <message>
        <source>--%1 needs a number of milliseconds, %2 to %3</source>
        <translation>--%1 需要一个毫秒数，%2 到 %3</translation>
    </message>
    <message>
        <source>the command after -- is no UTF-8</source>
        <translation>-- 之后的命令不是 UTF-8</translation>
    </message>
    <message>
        <source>it is held now with %1</source>
        <translation>现在由 %1 持有</translation>
    </message>
    <message>
        <source>no token to compare (--any-token takes it)</source>
        <translation>没有可比较的令牌（--any-token 可释放）</translation>
    </message>
    <message>
        <source>standard output: %1</source>
        <translation>标准输出：%1</translation>
    </message>
    <message>
        <source>not known: %1</source>
        <translation>未知：%1</translation>
    </message>
    <message>
        <source>mode</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>holder</source>
        <translation>持有者</translation>
    </message>
    <message>
        <source>nobody holds it at this moment</source>
        <translation>此刻无人持有</translation>
    </message>
    <message>
        <source>no token (%1 elements)</source>
        <translation>没有令牌（%1 个元素）</translation>
    </message>
    <message>
        <source>free</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>fence</source>
        <translation>栅栏令牌</translation>
    </message>
    <message>
        <source>waiters</source>
        <translation>等待者</translation>
    </message>
    <message>
        <source>beside</source>
        <translation>旁边的键</translation>
    </message>
    <message>
        <source>PATTERN</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>LOCKS SEEN</source>
        <translation>发现的锁</translation>
    </message>
    <message>
        <source>CONFIDENCE</source>
        <translation>置信度</translation>
    </message>
    <message>
        <source>NO TTL</source>
        <translation>无 TTL</translation>
    </message>
    <message>
        <source>EXAMPLE</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>complete: %1 of %2 keys scanned, %3 read, in %4</source>
        <translation>完整：已扫描 %1 / %2 个键，读取 %3 个，用时 %4</translation>
    </message>
    <message>
        <source>a SAMPLE: %1 of about %2 keys scanned, %3 read, in %4</source>
        <translation>仅为抽样：已扫描约 %2 个键中的 %1 个，读取 %3 个，用时 %4</translation>
    </message>
    <message>
        <source>This database has no keys. Locks may be in another one: redis://HOST/1</source>
        <translation>该数据库中没有键。锁可能在另一个数据库中：redis://HOST/1</translation>
    </message>
    <message>
        <source>No names that hold locks were found. Try again while locks are held, in another database (redis://HOST/1), or name the keys yourself: lockscope-cli list --match GLOB</source>
        <translation>没有发现像锁的键名。请在有锁被持有时重试，或换一个数据库（redis://HOST/1），或自行指定键：lockscope-cli list --match GLOB</translation>
    </message>
    <message>
        <source>samples the key space for names that hold locks, and proposes --match</source>
        <translation>抽样键空间，找出哪些键名是锁，并给出建议的 --match</translation>
    </message>
    <message>
        <source>FROM</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>KEYS</source>
        <translation>键</translation>
    </message>
    <message>
        <source>built in</source>
        <translation>内置</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>no: %1 is surer</source>
        <translation>否：%1 更为确定</translation>
    </message>
    <message>
        <source>MATCHES</source>
        <translation>是否匹配</translation>
    </message>
    <message>
        <source>TTL</source>
        <translation>TTL</translation>
    </message>
    <message>
        <source>No key has a name that a declared family claims.</source>
        <translation>没有键的名称属于所声明的家族。</translation>
    </message>
    <message>
        <source>%1: there is no such file</source>
        <translation>%1：没有此文件</translation>
    </message>
    <message>
        <source>%1: %2 families declared, no faults</source>
        <translation>%1：声明了 %2 个家族，没有错误</translation>
    </message>
    <message>
        <source>lists the lock libraries, and checks and previews your own families</source>
        <translation>列出锁库，并检查和预览您自己的家族</translation>
    </message>
    <message>
        <source>declares families of your own; else $LOCKSCOPE_FAMILIES_FILE, else lockscope/families.conf</source>
        <translation>声明您自己的家族；否则用 $LOCKSCOPE_FAMILIES_FILE，再否则用 lockscope/families.conf</translation>
    </message>
    <message>
        <source>says what is wrong in this families file</source>
        <translation>说明此家族文件有什么错误</translation>
    </message>
    <message>
        <source>shows which keys of the server the declared families match</source>
        <translation>显示服务器上哪些键与所声明的家族匹配</translation>
    </message>
    <message>
        <source>%1 was read again: %2 families declared</source>
        <translation>已重新读取 %1：声明了 %2 个家族</translation>
    </message>
    <message>
        <source>%1 has faults: the families read before stay in use</source>
        <translation>%1 有错误：之前读取的家族继续使用</translation>
    </message>
    <message>
        <source>(of entry %1)</source>
        <translation>（条目 %1 的）</translation>
    </message>
    <message>
        <source>(put back by entry %1)</source>
        <translation>（由条目 %1 放回）</translation>
    </message>
    <message>
        <source>(next holder %1 after %2)</source>
        <translation>（下一个持有者 %1，于 %2 后）</translation>
    </message>
    <message>
        <source>(nobody took it within %1)</source>
        <translation>（%1 内无人获取）</translation>
    </message>
    <message>
        <source>unfinished</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>ID</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>TIME</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>WHO</source>
        <translation>操作者</translation>
    </message>
    <message>
        <source>SERVER/DB</source>
        <translation>服务器/库</translation>
    </message>
    <message>
        <source>ACTION</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>OUTCOME</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>REASON</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>BROKEN: %1 (%2); the %3 rows before fit</source>
        <translation>断裂：%1（%2）；其前的 %3 行相符</translation>
    </message>
    <message>
        <source>whole: %1 entries in %2 rows (%3); head %4</source>
        <translation>完整：%2 行中有 %1 个条目（%3）；末端 %4</translation>
    </message>
    <message>
        <source>%1 entries written to %2</source>
        <translation>已将 %1 个条目写入 %2</translation>
    </message>
    <message>
        <source>no entries (%1)</source>
        <translation>没有条目（%1）</translation>
    </message>
    <message>
        <source>--%1 needs a time: 2h, 7d, 2026-03-01 or 2026-03-01T12:00:00Z</source>
        <translation>--%1 需要一个时间：2h、7d、2026-03-01 或 2026-03-01T12:00:00Z</translation>
    </message>
    <message>
        <source>--verify and --export exclude each other</source>
        <translation>--verify 和 --export 互相排斥</translation>
    </message>
    <message>
        <source>--export needs a FILE.csv or FILE.json</source>
        <translation>--export 需要 FILE.csv 或 FILE.json</translation>
    </message>
    <message>
        <source>--limit needs a number, 1 or more</source>
        <translation>--limit 需要一个不小于 1 的数</translation>
    </message>
    <message>
        <source>%1: %2 locks. Their holders are not told and go on working. Type yes: </source>
        <translation>%1：%2 个锁。其持有者不会被告知，会继续工作。请输入 yes：</translation>
    </message>
    <message>
        <source>%1: %2 locks. Type the last four characters of the fingerprint %3: </source>
        <translation>%1：%2 个锁。请输入指纹 %3 的最后四个字符：</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>the report %1: %2</source>
        <translation>报告 %1：%2</translation>
    </message>
    <message>
        <source>nothing was done</source>
        <translation>什么也没做</translation>
    </message>
    <message>
        <source>--listen is auto, notifications, tracking or poll</source>
        <translation>--listen 只能是 auto、notifications、tracking 或 poll</translation>
    </message>
    <message>
        <source>--enable-notifications and --listen %1 exclude each other</source>
        <translation>--enable-notifications 与 --listen %1 互相排斥</translation>
    </message>
    <message>
        <source>--budget needs a number of keys a second, 1 to %1</source>
        <translation>--budget 需要每秒的键数，1 到 %1</translation>
    </message>
    <message>
        <source>several masters form a Redlock: --family plain needs one --uri</source>
        <translation>多台主节点构成 Redlock：--family plain 只能用一个 --uri</translation>
    </message>
    <message>
        <source>--family redlock needs several independent masters: give --uri more than once</source>
        <translation>--family redlock 需要多台独立主节点：请多次给出 --uri</translation>
    </message>
    <message>
        <source>a lock of one&apos;s own is plain or redlock, not of family &apos;%1&apos;</source>
        <translation>自己的锁只能是 plain 或 redlock，不能是“%1”类型</translation>
    </message>
    <message>
        <source>--environment (or $LOCKSCOPE_ENVIRONMENT) is production, staging or development</source>
        <translation>--environment（或 $LOCKSCOPE_ENVIRONMENT）为 production、staging 或 development</translation>
    </message>
    <message>
        <source>--act is release, shorten, add-ttl, take-over, hand-back or kill-connection</source>
        <translation>--act 为 release、shorten、add-ttl、take-over、hand-back 或 kill-connection</translation>
    </message>
    <message>
        <source>--client needs the id of a client</source>
        <translation>--client 需要客户端的编号</translation>
    </message>
    <message>
        <source>--rate needs a number of locks a second</source>
        <translation>--rate 需要每秒的锁数</translation>
    </message>
    <message>
        <source>--act %1 needs --ttl MS</source>
        <translation>--act %1 需要 --ttl MS</translation>
    </message>
    <message>
        <source>--act %1 takes no --ttl</source>
        <translation>--act %1 不接受 --ttl</translation>
    </message>
    <message>
        <source>--act hand-back needs --expect-token, that of the operator, and --new-token, the one that comes back</source>
        <translation>--act hand-back 需要 --expect-token（操作者的令牌）和 --new-token（要放回的令牌）</translation>
    </message>
    <message>
        <source>--new-token is for --act hand-back</source>
        <translation>--new-token 只用于 --act hand-back</translation>
    </message>
    <message>
        <source>--client is for --act kill-connection</source>
        <translation>--client 只用于 --act kill-connection</translation>
    </message>
    <message>
        <source>--act %1 is for one KEY</source>
        <translation>--act %1 只针对一个 KEY</translation>
    </message>
    <message>
        <source>restore needs the AUDIT_ID of an entry: a number</source>
        <translation>restore 需要条目的 AUDIT_ID：一个数</translation>
    </message>
    <message>
        <source>Exit status: 0 done; 1 lock not obtained, not held or lost; 2 wrong usage; 3 no connection or refused; 4 a stress run saw its locks violated; 130 interrupted.</source>
        <translation>退出状态：0 完成；1 未取得、未持有或已失去锁；2 用法错误；3 无法连接或被拒绝；4 压力运行发现锁被破坏；130 被中断。</translation>
    </message>
    <message>
        <source>%1 of %2 may be stuck</source>
        <translation>%1 个可能卡住，共 %2</translation>
    </message>
    <message>
        <source>one look sees only what has no TTL; --duration 30 watches renewals, holds and connections first</source>
        <translation>一次查看只能发现没有 TTL 的锁；--duration 30 会先观察续期、持有时长和连接</translation>
    </message>
    <message>
        <source>the lock was lost while the command ran (%1); it gets SIGTERM, and SIGKILL five seconds later</source>
        <translation>命令运行期间锁已丢失（%1）；向命令发送 SIGTERM，五秒后发送 SIGKILL</translation>
    </message>
    <message>
        <source>RHYTHM</source>
        <translation>续期节奏</translation>
    </message>
    <message>
        <source>WAITERS</source>
        <translation>等待者</translation>
    </message>
    <message>
        <source>SCORE</source>
        <translation>分数</translation>
    </message>
    <message>
        <source>split</source>
        <translation>分裂</translation>
    </message>
    <message>
        <source>%1 of %2 masters up</source>
        <translation>%2 台主节点中 %1 台可用</translation>
    </message>
    <message>
        <source>puts back what an entry of the audit log has ended, if the key is free</source>
        <translation>如果键空闲，放回审计日志中某条目所结束的锁</translation>
    </message>
    <message>
        <source>what operators did: lists, verifies, exports</source>
        <translation>操作者做了什么：列出、校验、导出</translation>
    </message>
    <message>
        <source>puts load on a lock strategy, does harm, and tells whether it held and how fast</source>
        <translation>对一种加锁策略施加负载、制造故障，并说明锁是否守住以及速度如何</translation>
    </message>
    <message>
        <source>the server; else $LOCKSCOPE_URI, else redis://127.0.0.1:6379/0; several form a Redlock</source>
        <translation>服务器；否则用 $LOCKSCOPE_URI，再否则用 redis://127.0.0.1:6379/0；多个构成 Redlock</translation>
    </message>
    <message>
        <source>only locks of this library; repeatable (acquire, extend, release: plain or redlock)</source>
        <translation>只看此库的锁；可重复（acquire、extend、release：plain 或 redlock）</translation>
    </message>
    <message>
        <source>how changes are heard (auto)</source>
        <translation>如何得知变化（auto）</translation>
    </message>
    <message>
        <source>most keys a second that are read only to verify (2000)</source>
        <translation>仅为核实而每秒至多读取的键数（2000）</translation>
    </message>
    <message>
        <source>production, staging or development; else $LOCKSCOPE_ENVIRONMENT. Production refuses writes without --arm</source>
        <translation>production、staging 或 development；否则取 $LOCKSCOPE_ENVIRONMENT。生产环境没有 --arm 则拒绝写入</translation>
    </message>
    <message>
        <source>in production: lets this one command write; goes into the audit log</source>
        <translation>在生产环境中：允许这一条命令写入；会记入审计日志</translation>
    </message>
    <message>
        <source>ends after this time; list: watches so long before it lists</source>
        <translation>到此时间后结束；list：先观察这么久再列出</translation>
    </message>
    <message>
        <source>only locks that may be stuck, the most suspicious first, with the evidence</source>
        <translation>只列出可能卡住的锁，最可疑的在前，并附证据</translation>
    </message>
    <message>
        <source>length of the lease (acquire: 30000; Redlock: 8000; stress: 10000)</source>
        <translation>租约长度（acquire：30000；Redlock：8000；stress：10000）</translation>
    </message>
    <message>
        <source>how long to try while it is held (acquire: 0, stress: 10000)</source>
        <translation>锁被占用时尝试多久（acquire：0，stress：10000）</translation>
    </message>
    <message>
        <source>with a fencing token, from a counter beside the lock</source>
        <translation>附带防护令牌，取自锁旁的计数器</translation>
    </message>
    <message>
        <source>release (default), shorten, add-ttl, take-over, hand-back or kill-connection; with --ttl</source>
        <translation>release（默认）、shorten、add-ttl、take-over、hand-back 或 kill-connection；配合 --ttl</translation>
    </message>
    <message>
        <source>hand-back: the token that comes back</source>
        <translation>hand-back：要放回的令牌</translation>
    </message>
    <message>
        <source>kill-connection: which of the clients that may be the holder&apos;s</source>
        <translation>kill-connection：可能属于持有者的客户端中的哪一个</translation>
    </message>
    <message>
        <source>in a cluster: leaves alone what lies in other slots</source>
        <translation>在集群中：不动其他槽中的键</translation>
    </message>
    <message>
        <source>of the incident; goes into the audit log</source>
        <translation>事件单号；写入审计日志</translation>
    </message>
    <message>
        <source>force-release: at most N locks a second, Ctrl+C stops between two; stress: plans so many sections a second, whatever the answers take</source>
        <translation>force-release：每秒至多 N 把锁，Ctrl+C 在两把之间停止；stress：每秒计划这么多个临界区，无论应答需要多久</translation>
    </message>
    <message>
        <source>writes each lock&apos;s result: CSV, or JSON for FILE.json</source>
        <translation>写出每个锁的结果：CSV；FILE.json 则为 JSON</translation>
    </message>
    <message>
        <source>how long to look who gets the lock next (500)</source>
        <translation>观察谁接着取得锁的时长（500）</translation>
    </message>
    <message>
        <source>also where server or database are not those of the entry</source>
        <translation>服务器或数据库与条目不同时也执行</translation>
    </message>
    <message>
        <source>checks the chain of entries; status 1 where it is broken</source>
        <translation>校验条目链；断裂时状态为 1</translation>
    </message>
    <message>
        <source>from then on: 2h, 7d, 2026-03-01, 2026-03-01T12:00:00Z</source>
        <translation>从该时间起：2h、7d、2026-03-01、2026-03-01T12:00:00Z</translation>
    </message>
    <message>
        <source>before then</source>
        <translation>该时间之前</translation>
    </message>
    <message>
        <source>only locks with keys like this</source>
        <translation>只列出键符合此模式的锁</translation>
    </message>
    <message>
        <source>only acts of this account or Redis user</source>
        <translation>只列出该账户或 Redis 用户的操作</translation>
    </message>
    <message>
        <source>only such acts: force_release, restore, write_armed…</source>
        <translation>只列出这类操作：force_release、restore、write_armed…</translation>
    </message>
    <message>
        <source>only acts that ended so: released, outcome_unknown…; unfinished: without an outcome</source>
        <translation>只列出结果如此的操作：released、outcome_unknown…；unfinished：没有结果</translation>
    </message>
    <message>
        <source>the newest N</source>
        <translation>最新的 N 个</translation>
    </message>
    <message>
        <source>writes them to FILE.csv or FILE.json</source>
        <translation>将其写入 FILE.csv 或 FILE.json</translation>
    </message>
    <message>
        <source>how the clients lock (set-nx)</source>
        <translation>客户端如何加锁（set-nx）</translation>
    </message>
    <message>
        <source>virtual clients (16)</source>
        <translation>虚拟客户端数（16）</translation>
    </message>
    <message>
        <source>locks that they share (4)</source>
        <translation>它们共用的锁数（4）</translation>
    </message>
    <message>
        <source>length of the work under the lock (0)</source>
        <translation>持锁工作的时长（0）</translation>
    </message>
    <message>
        <source>ends after so many critical sections</source>
        <translation>完成这么多临界区后结束</translation>
    </message>
    <message>
        <source>sockets that carry the clients; as many as clients: one for each</source>
        <translation>承载客户端的套接字数；与客户端数相同则每个客户端各一个</translation>
    </message>
    <message>
        <source>threads that carry the clients</source>
        <translation>承载客户端的线程数</translation>
    </message>
    <message>
        <source>extends the lease at each third of the TTL</source>
        <translation>每过三分之一 TTL 续约一次</translation>
    </message>
    <message>
        <source>pause between the tries of clients that poll (50..250)</source>
        <translation>轮询的客户端两次尝试之间的停顿（50..250）</translation>
    </message>
    <message>
        <source>read-write: sections that only read (80)</source>
        <translation>read-write：只读临界区所占百分比（80）</translation>
    </message>
    <message>
        <source>semaphore: holders at a time (3)</source>
        <translation>semaphore：同时持有者数（3）</translation>
    </message>
    <message>
        <source>does harm: at=5s, for=2s, every=10s, and its own; repeatable</source>
        <translation>制造故障：at=5s、for=2s、every=10s 及其自身参数；可重复</translation>
    </message>
    <message>
        <source>ends with the first violation</source>
        <translation>出现第一次违规即结束</translation>
    </message>
    <message>
        <source>the same seed makes the same schedule</source>
        <translation>相同的种子得到相同的计划</translation>
    </message>
    <message>
        <source>writes the report: FILE.json for programs, FILE.html for people</source>
        <translation>写出报告：FILE.json 供程序使用，FILE.html 供人阅读</translation>
    </message>
    <message>
        <source>writes every operation, one JSON object a line</source>
        <translation>写出每个操作，每行一个 JSON 对象</translation>
    </message>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>nothing to be done: its lease is so already</source>
        <translation>无需操作：租约已是如此</translation>
    </message>
    <message>
        <source>not sent: stopped before its turn</source>
        <translation>未发送：轮到之前已停止</translation>
    </message>
    <message>
        <source>left alone: %1</source>
        <translation>未动：%1</translation>
    </message>
    <message>
        <source>nothing tells which connection is the holder&apos;s</source>
        <translation>无法判断哪个连接属于持有者</translation>
    </message>
    <message>
        <source>choose with --client one of: %1</source>
        <translation>用 --client 选择其一：%1</translation>
    </message>
    <message>
        <source>put back; remaining %1</source>
        <translation>已放回；剩余 %1</translation>
    </message>
    <message>
        <source>to be put back on %1, database %2; remaining %3</source>
        <translation>将放回 %1，数据库 %2；剩余 %3</translation>
    </message>
    <message>
        <source>left alone: the key is there, somebody holds it</source>
        <translation>未动：键已存在，有人持有</translation>
    </message>
    <message>
        <source>left alone: its lease would have ended by itself meanwhile</source>
        <translation>未动：其租约在此期间本来也会自行结束</translation>
    </message>
    <message>
        <source>the key is there now</source>
        <translation>键现在存在</translation>
    </message>
    <message>
        <source>the key is not there</source>
        <translation>键不存在</translation>
    </message>
    <message>
        <source>Put it back? Whoever waits for it goes on waiting; its holder may have gone. Type yes: </source>
        <translation>要放回吗？等待者会继续等待；其持有者可能已经离开。输入 yes：</translation>
    </message>
    <message>
        <source>there is no terminal to ask on: restore needs --yes</source>
        <translation>没有可询问的终端：restore 需要 --yes</translation>
    </message>
    <message>
        <source>nothing was put back</source>
        <translation>没有放回任何内容</translation>
    </message>
    <message>
        <source>PRODUCTION: </source>
        <translation>【生产环境】</translation>
    </message>
    <message>
        <source>%1 s  %2 sections  %3/s  wait p99 %4 ms  %5 waiting  %6 violations</source>
        <translation>%1 秒  %2 个临界区  %3/秒  等待 p99 %4 毫秒  %5 个在等待  %6 次违规</translation>
    </message>
    <message>
        <source>%1: %2 sections in %3 s, %4/s
</source>
        <translation>%1：%2 个临界区，用时 %3 秒，%4/秒
</translation>
    </message>
    <message>
        <source>%1 attempts, %2 refused, %3 timeouts, %4 lost, %5 errors, %6 of unknown outcome
</source>
        <translation>%1 次尝试，%2 次被拒，%3 次超时，%4 次失去，%5 个错误，%6 个结果未知
</translation>
    </message>
    <message>
        <source>fairness %1, longest wait %2 ms, seed %3
</source>
        <translation>公平性 %1，最长等待 %2 毫秒，种子 %3
</translation>
    </message>
    <message>
        <source>fencing blocked %1 stale writes, which would have landed
</source>
        <translation>防护令牌拦下了 %1 次本会落地的过期写入
</translation>
    </message>
    <message>
        <source>no violation
</source>
        <translation>没有违规
</translation>
    </message>
    <message>
        <source>VIOLATED: %1 overlaps, %2 lost updates, %3 deletions of another&apos;s lock, %4 orphans, %5 in all
</source>
        <translation>已被破坏：%1 次重叠，%2 次丢失更新，%3 次删除他人的锁，%4 个孤儿锁，共 %5 次
</translation>
    </message>
    <message>
        <source>--%1 needs a whole number</source>
        <translation>--%1 需要一个整数</translation>
    </message>
    <message>
        <source>--%1 needs milliseconds, or a range like 5..20</source>
        <translation>--%1 需要毫秒数，或 5..20 这样的范围</translation>
    </message>
    <message>
        <source>--rate needs a number of sections a second</source>
        <translation>--rate 需要每秒的临界区数</translation>
    </message>
    <message>
        <source>--seed needs a whole number, 1 or more</source>
        <translation>--seed 需要一个不小于 1 的整数</translation>
    </message>
    <message>
        <source>--out needs a name that ends with .json or .html</source>
        <translation>--out 的文件名须以 .json 或 .html 结尾</translation>
    </message>
    <message>
        <source>Strategies:</source>
        <translation>策略：</translation>
    </message>
    <message>
        <source>guarantees: %1</source>
        <translation>保证：%1</translation>
    </message>
    <message>
        <source>does not: %1</source>
        <translation>不能：%1</translation>
    </message>
    <message>
        <source>Faults:</source>
        <translation>故障：</translation>
    </message>
    <message>
        <source>only on --uri sandbox:</source>
        <translation>仅用于 --uri sandbox:</translation>
    </message>
    <message>
        <source>following by client tracking: whether a lock was released, has expired or was evicted is concluded from its deadline</source>
        <translation>用客户端跟踪收听：锁是被释放、到期还是被驱逐，由其期限推断</translation>
    </message>
    <message>
        <source>polling, short holds can be missed</source>
        <translation>轮询，可能错过短暂的持有</translation>
    </message>
    <message>
        <source>client tracking is refused: %1</source>
        <translation>客户端跟踪被拒绝：%1</translation>
    </message>
    <message>
        <source>the server sends no keyspace events, and this user may not switch them on: %1</source>
        <translation>服务器不发送键空间事件，此用户也不能打开它们：%1</translation>
    </message>
    <message>
        <source>the server sends no keyspace events, and --read-only leaves its settings alone: %1</source>
        <translation>服务器不发送键空间事件，而 --read-only 不改动其设置：%1</translation>
    </message>
    <message>
        <source>the server sends no keyspace events: %1 (--enable-notifications switches them on)</source>
        <translation>服务器不发送键空间事件：%1（--enable-notifications 可打开它们）</translation>
    </message>
    <message>
        <source>live by client tracking: not told how a lock ended</source>
        <translation>实时（客户端跟踪）：不会得知锁是怎样结束的</translation>
    </message>
    <message>
        <source>%1 events merged</source>
        <translation>合并了 %1 个事件</translation>
    </message>
    <message>
        <source>%1 works in one database: --db needs one number</source>
        <translation>%1 只在一个数据库中操作：--db 需要一个数字</translation>
    </message>
    <message>
        <source>a cluster has only database 0</source>
        <translation>集群只有数据库 0</translation>
    </message>
    <message>
        <source>--enable-notifications changes the server&apos;s configuration, which --read-only refuses: leave one of them out</source>
        <translation>--enable-notifications 会更改服务器配置，而 --read-only 拒绝更改：请去掉其中一个</translation>
    </message>
    <message>
        <source>--enable-notifications changes the server&apos;s configuration, which a production connection refuses: leave it out, or set notify-keyspace-events on the server</source>
        <translation>--enable-notifications 会更改服务器配置，而生产连接拒绝更改：请去掉该选项，或在服务器上设置 notify-keyspace-events</translation>
    </message>
    <message>
        <source>the databases, like 0,3-5, or all; else the URI&apos;s own. What acts on locks takes one number</source>
        <translation>数据库，如 0,3-5 或 all；否则为 URI 中的数据库。对锁进行操作的命令只接受一个数字</translation>
    </message>
    <message>
        <source>why; goes into the audit log (acquire, extend, release: only with a reason)</source>
        <translation>原因；写入审计日志（acquire、extend、release：仅在给出原因时）</translation>
    </message>
    <message>
        <source>state</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>vote</source>
        <translation>投票</translation>
    </message>
    <message>
        <source>not run</source>
        <translation>未运行</translation>
    </message>
    <message>
        <source>held</source>
        <translation>守住</translation>
    </message>
    <message>
        <source>VIOLATED in %1 of %2 runs</source>
        <translation>%2 次运行中有 %1 次被破坏</translation>
    </message>
    <message>
        <source>strategy</source>
        <translation>策略</translation>
    </message>
    <message>
        <source>sections/s</source>
        <translation>临界区/秒</translation>
    </message>
    <message>
        <source>acquire p99 ms</source>
        <translation>加锁 p99（毫秒）</translation>
    </message>
    <message>
        <source>attempts/section</source>
        <translation>尝试/临界区</translation>
    </message>
    <message>
        <source>fairness</source>
        <translation>公平性</translation>
    </message>
    <message>
        <source>verdict</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>means of %1 runs each with 95% confidence intervals (Student), in turn; seeds from %2
</source>
        <translation>每种 %1 次运行的均值及 95% 置信区间（Student t），轮流进行；种子从 %2 起
</translation>
    </message>
    <message>
        <source>run %1 of %2: %3</source>
        <translation>第 %1 次运行（共 %2 次）：%3</translation>
    </message>
    <message>
        <source>runs several strategies under the same load, in turn, and compares them</source>
        <translation>在同样的负载下轮流运行几种策略并加以比较</translation>
    </message>
    <message>
        <source>compare: runs of each strategy (5)</source>
        <translation>compare：每种策略的运行次数（5）</translation>
    </message>
    <message>
        <source>--repeats is for --compare</source>
        <translation>--repeats 只用于 --compare</translation>
    </message>
    <message>
        <source>--compare and --%1 exclude each other</source>
        <translation>--compare 与 --%1 互相排斥</translation>
    </message>
    <message>
        <source>--compare needs two strategies or more: A,B</source>
        <translation>--compare 需要两种或更多策略：A,B</translation>
    </message>
    <message>
        <source>a comparison is written as JSON: --out FILE.json</source>
        <translation>比较结果以 JSON 写出：--out FILE.json</translation>
    </message>
    <message>
        <source>examined %1 of %2 parts</source>
        <translation>已检查 %1/%2 部分</translation>
    </message>
    <message>
        <source>is this deployment safe for locks, and can it be watched; status 5 where something is serious</source>
        <translation>此部署对锁是否安全，能否监视；发现严重问题时状态为 5</translation>
    </message>
    <message>
        <source>NAME</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>ENVIRONMENT</source>
        <translation>环境</translation>
    </message>
    <message>
        <source>PASSWORD</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>SERVER</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>no connection is saved yet; the window saves them</source>
        <translation>还没有保存的连接；可在窗口程序中保存</translation>
    </message>
    <message>
        <source>--connection and --uri exclude each other</source>
        <translation>--connection 与 --uri 不能同时使用</translation>
    </message>
    <message>
        <source>lists the saved connections, for --connection</source>
        <translation>列出已保存的连接，供 --connection 使用</translation>
    </message>
    <message>
        <source>a saved connection instead of --uri: NAME or GROUP/NAME</source>
        <translation>用已保存的连接代替 --uri：名称，或 分组/名称</translation>
    </message>
    <message>
        <source>the password of %1 is kept in the desktop&apos;s secret service, which lockscope-cli does not read: let the connection get it from a command (secret-tool, pass), which serves the window too</source>
        <translation>%1 的密码保存在桌面的密钥服务中，lockscope-cli 不读取该服务：请让此连接由命令（secret-tool、pass）获取密码，窗口程序也可使用</translation>
    </message>
</context>
<context>
    <name>lockscope::CompareModel</name>
    <message numerus="yes">
        <source>%Ln clients</source>
        <translation>
            <numerusform>%Ln 个客户端</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln keys</source>
        <translation>
            <numerusform>%Ln 个键</numerusform>
        </translation>
    </message>
    <message>
        <source>TTL %1</source>
        <translation>TTL %1</translation>
    </message>
    <message>
        <source>hold %1 to %2</source>
        <translation>持有 %1 至 %2</translation>
    </message>
    <message>
        <source>%1 sections/s planned</source>
        <translation>计划 %1 个临界区/秒</translation>
    </message>
    <message numerus="yes">
        <source>%Ln faults</source>
        <translation>
            <numerusform>%Ln 个故障</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln runs in turn</source>
        <translation>
            <numerusform>轮流 %Ln 次运行</numerusform>
        </translation>
    </message>
    <message>
        <source>run %1, %2</source>
        <translation>运行 %1，%2</translation>
    </message>
    <message>
        <source>not run yet</source>
        <translation>尚未运行</translation>
    </message>
    <message>
        <source>held</source>
        <translation>守住</translation>
    </message>
    <message>
        <source>violated, %1 times</source>
        <translation>被破坏 %1 次</translation>
    </message>
    <message>
        <source>violated, %1 of %2</source>
        <translation>被破坏，%1/%2</translation>
    </message>
    <message>
        <source>Strategy</source>
        <translation>策略</translation>
    </message>
    <message>
        <source>From</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Sections/s</source>
        <translation>临界区/秒</translation>
    </message>
    <message>
        <source>Acquire p99, ms</source>
        <translation>加锁 p99（毫秒）</translation>
    </message>
    <message>
        <source>Attempts/section</source>
        <translation>尝试/临界区</translation>
    </message>
    <message>
        <source>Fairness</source>
        <translation>公平性</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>结论</translation>
    </message>
</context>
<context>
    <name>lockscope::ComparePage</name>
    <message>
        <source>Runs of each</source>
        <translation>每种的运行次数</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>比较(&amp;C)</translation>
    </message>
    <message>
        <source>Stop comp&amp;aring</source>
        <translation>停止比较(&amp;A)</translation>
    </message>
    <message>
        <source>Export comparison…</source>
        <translation>导出比较…</translation>
    </message>
    <message>
        <source>Strategies to compare</source>
        <translation>要比较的策略</translation>
    </message>
    <message>
        <source>Progress of the comparison</source>
        <translation>比较的进度</translation>
    </message>
    <message>
        <source>Strategies</source>
        <translation>策略</translation>
    </message>
    <message>
        <source>Runs of each:</source>
        <translation>每种次数：</translation>
    </message>
    <message>
        <source>All with the load and the faults on the left; in turn, so that what changes on the machine meets all alike. A strategy for one server gets one master.</source>
        <translation>全部使用左侧的负载和故障；轮流进行，使机器上的变化同样影响每一种。用于单个服务器的策略只得到一个主节点。</translation>
    </message>
    <message>
        <source>Strategies and runs</source>
        <translation>策略与运行</translation>
    </message>
    <message>
        <source>Figure of the plot</source>
        <translation>图中的指标</translation>
    </message>
    <message>
        <source>Means with 95 % confidence intervals (Student&apos;s t); select rows to plot only them.</source>
        <translation>均值及 95 % 置信区间（Student t）；选中若干行则只画这些行。</translation>
    </message>
    <message>
        <source>Comparison and runs of this session</source>
        <translation>比较结果与本次会话的运行</translation>
    </message>
    <message>
        <source>Not while a run goes on, or with a load that cannot be run</source>
        <translation>运行进行中，或负载无法运行时不可比较</translation>
    </message>
    <message>
        <source>Choose two strategies or more</source>
        <translation>请选择两种或更多策略</translation>
    </message>
    <message numerus="yes">
        <source>%Ln runs</source>
        <translation>
            <numerusform>%Ln 次运行</numerusform>
        </translation>
    </message>
    <message>
        <source>Run %1 of %2: %3</source>
        <translation>第 %1 次运行（共 %2 次）：%3</translation>
    </message>
    <message>
        <source>Stopped; the runs so far count.</source>
        <translation>已停止；此前的运行仍然计入。</translation>
    </message>
    <message>
        <source>Compared; violated: %1.</source>
        <translation>比较完成；被破坏：%1。</translation>
    </message>
    <message>
        <source>Compared; every strategy held.</source>
        <translation>比较完成；每种策略都守住了。</translation>
    </message>
    <message>
        <source>Export the comparison</source>
        <translation>导出比较结果</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>The comparison was written.</source>
        <translation>比较结果已写出。</translation>
    </message>
</context>
<context>
    <name>lockscope::ComparePlot</name>
    <message>
        <source>Comparison</source>
        <translation>比较</translation>
    </message>
</context>
<context>
    <name>lockscope::CompletenessStrip</name>
    <message>
        <source>%1 of about %2 keys scanned</source>
        <translation>约 %2 个键中已扫描 %1 个</translation>
    </message>
    <message>
        <source>%1 keys scanned</source>
        <translation>已扫描 %1 个键</translation>
    </message>
    <message>
        <source>nothing has been read yet</source>
        <translation>尚未读取任何内容</translation>
    </message>
    <message>
        <source>pass %1</source>
        <translation>第 %1 轮扫描</translation>
    </message>
    <message>
        <source>last complete %1 ago</source>
        <translation>上次完整是在 %1前</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <translation>%1前</translation>
    </message>
    <message>
        <source>changes since %1 may be missing</source>
        <translation>%1 以来的变化可能有遗漏</translation>
    </message>
    <message>
        <source>Progress of the pass over the key space</source>
        <translation>本轮键空间扫描的进度</translation>
    </message>
    <message>
        <source>Outdated</source>
        <translation>已过时</translation>
    </message>
    <message>
        <source>Complete</source>
        <translation>完整</translation>
    </message>
    <message>
        <source>Partial, reading</source>
        <translation>不完整，正在读取</translation>
    </message>
    <message>
        <source>Partial</source>
        <translation>不完整</translation>
    </message>
    <message>
        <source>The table holds still. Locks that changed meanwhile, each counted once; Space in the table shows them.</source>
        <translation>表格保持不动。期间发生变化的锁，每个只计一次；在表格中按空格即可显示。</translation>
    </message>
    <message numerus="yes">
        <source>Paused · %Ln changes waiting</source>
        <translation>
            <numerusform>已暂停 · %Ln 项变化待显示</numerusform>
        </translation>
    </message>
    <message>
        <source>since then by client tracking, without verbs</source>
        <translation>此后由客户端跟踪得知，不含动作名</translation>
    </message>
    <message>
        <source>on replicas</source>
        <translation>在副本上扫描</translation>
    </message>
    <message>
        <source>on replica %1</source>
        <translation>在副本 %1 上扫描</translation>
    </message>
    <message>
        <source>on the master, not on a replica</source>
        <translation>在主节点上扫描，而不是副本</translation>
    </message>
</context>
<context>
    <name>lockscope::ConnectDialog</name>
    <message>
        <source>&amp;Read-only: refuse every command that would write</source>
        <translation>只读：拒绝一切写入命令（&amp;R）</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Connection URI</source>
        <translation>连接 URI</translation>
    </message>
    <message>
        <source>if it is not in the URI; never stored</source>
        <translation>URI 中没有时填写；绝不保存</translation>
    </message>
    <message>
        <source>for example lock:* orders:lock:*; empty: whatever looks like a lock</source>
        <translation>例如 lock:* orders:lock:*；留空：凡是像锁的都算</translation>
    </message>
    <message>
        <source>Co&amp;nnect</source>
        <translation>连接（&amp;N）</translation>
    </message>
    <message>
        <source>Open the &amp;sandbox</source>
        <translation>打开沙箱（&amp;S）</translation>
    </message>
    <message>
        <source>&amp;URI:</source>
        <translation>URI（&amp;U）：</translation>
    </message>
    <message>
        <source>&amp;Password:</source>
        <translation>密码（&amp;P）：</translation>
    </message>
    <message>
        <source>&amp;Keys that are locks:</source>
        <translation>作为锁的键（&amp;K）：</translation>
    </message>
    <message>
        <source>Best that the server allows</source>
        <translation>服务器允许的最佳方式</translation>
    </message>
    <message>
        <source>Keyspace notifications where the server publishes enough, else client tracking, else polling.</source>
        <translation>服务器发布得足够时用键空间通知，否则用客户端跟踪，再否则轮询。</translation>
    </message>
    <message>
        <source>Keyspace notifications</source>
        <translation>键空间通知</translation>
    </message>
    <message>
        <source>Tell how each lock ends. Polling where there are none.</source>
        <translation>会说明每把锁是怎样结束的。没有通知时轮询。</translation>
    </message>
    <message>
        <source>Client tracking</source>
        <translation>客户端跟踪</translation>
    </message>
    <message>
        <source>Lightest for the server and needs no CONFIG, but is not told how a lock ended.</source>
        <translation>服务器负担最轻，也不需要 CONFIG，但不会得知锁是怎样结束的。</translation>
    </message>
    <message>
        <source>Polling</source>
        <translation>轮询</translation>
    </message>
    <message>
        <source>Nothing is subscribed to: the key space is read again and again, and short holds can be missed.</source>
        <translation>不订阅任何内容：反复读取键空间，可能错过短暂的持有。</translation>
    </message>
    <message>
        <source>How changes are heard</source>
        <translation>如何得知变化</translation>
    </message>
    <message>
        <source>the one of the URI; or 0,3-5; or all</source>
        <translation>URI 中的数据库；或 0,3-5；或 all</translation>
    </message>
    <message>
        <source>&amp;Databases:</source>
        <translation>数据库(&amp;D)：</translation>
    </message>
    <message>
        <source>Changes &amp;heard by:</source>
        <translation>得知变化的方式（&amp;H）：</translation>
    </message>
    <message>
        <source>&amp;Environment:</source>
        <translation>环境(&amp;E)：</translation>
    </message>
    <message>
        <source>Not specified</source>
        <translation>未指定</translation>
    </message>
    <message>
        <source>Development</source>
        <translation>开发</translation>
    </message>
    <message>
        <source>Staging</source>
        <translation>预发布</translation>
    </message>
    <message>
        <source>Production</source>
        <translation>生产</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境</translation>
    </message>
    <message>
        <source>Remembered for this server. Production is read-only until you arm the writes.</source>
        <translation>会为该服务器记住。生产环境在您解锁写入之前为只读。</translation>
    </message>
    <message>
        <source>redis://[user[:password]@]host[:port][/db]   rediss://…
redis-sentinel://host[,host…]/[db]?master=NAME   redis-cluster://host[,host…]
unix:///path/redis.sock   sandbox:?masters=3&amp;workload=demo   …?ssh=[user@]host
Several, with blanks between them, are the independent masters of one quorum.</source>
        <translation>redis://[user[:password]@]host[:port][/db]   rediss://…
redis-sentinel://host[,host…]/[db]?master=NAME   redis-cluster://host[,host…]
unix:///path/redis.sock   sandbox:?masters=3&amp;workload=demo   …?ssh=[user@]host
以空格分隔的多个 URI 是同一法定人数组的独立主节点。</translation>
    </message>
</context>
<context>
    <name>lockscope::ConnectionEditor</name>
    <message>
        <source>&amp;Read-only: refuse every command that would write</source>
        <translation>只读：拒绝一切写入命令（&amp;R）</translation>
    </message>
    <message>
        <source>New connection</source>
        <translation>新建连接</translation>
    </message>
    <message>
        <source>Edit connection</source>
        <translation>编辑连接</translation>
    </message>
    <message>
        <source>none; Europe/Shops is a folder in a folder</source>
        <translation>无；Europe/Shops 表示文件夹中的文件夹</translation>
    </message>
    <message>
        <source>Not specified</source>
        <translation>未指定</translation>
    </message>
    <message>
        <source>Development</source>
        <translation>开发</translation>
    </message>
    <message>
        <source>Staging</source>
        <translation>预发布</translation>
    </message>
    <message>
        <source>Production</source>
        <translation>生产</translation>
    </message>
    <message>
        <source>Kept in the desktop&apos;s secret service</source>
        <translation>保存在桌面的密钥服务中</translation>
    </message>
    <message>
        <source>Asked when the server wants it</source>
        <translation>服务器需要时询问</translation>
    </message>
    <message>
        <source>Printed by a command</source>
        <translation>由命令输出</translation>
    </message>
    <message>
        <source>There is none</source>
        <translation>没有密码</translation>
    </message>
    <message>
        <source>for example: pass show redis/orders</source>
        <translation>例如：pass show redis/orders</translation>
    </message>
    <message>
        <source>what you call it</source>
        <translation>您给它起的名称</translation>
    </message>
    <message>
        <source>Na&amp;me:</source>
        <translation>名称(&amp;M)：</translation>
    </message>
    <message>
        <source>&amp;Group:</source>
        <translation>分组(&amp;G)：</translation>
    </message>
    <message>
        <source>En&amp;vironment:</source>
        <translation>环境(&amp;V)：</translation>
    </message>
    <message>
        <source>Pass&amp;word:</source>
        <translation>密码(&amp;W)：</translation>
    </message>
    <message>
        <source>N&amp;ote:</source>
        <translation>备注(&amp;O)：</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存（&amp;S）</translation>
    </message>
    <message>
        <source>&amp;Test the connection</source>
        <translation>测试连接(&amp;T)</translation>
    </message>
    <message>
        <source>give the connection a name</source>
        <translation>请给连接起一个名称</translation>
    </message>
    <message>
        <source>name the command that prints the password</source>
        <translation>请填写输出密码的命令</translation>
    </message>
    <message>
        <source>only for this test; not kept</source>
        <translation>仅用于本次测试；不会保存</translation>
    </message>
    <message>
        <source>kept; type here to replace it</source>
        <translation>已保存；在此输入可替换</translation>
    </message>
    <message>
        <source>Nothing is kept. The window asks when the server wants a password.</source>
        <translation>不保存任何内容。服务器需要密码时窗口会询问。</translation>
    </message>
    <message>
        <source>Run without a shell; the first line that it prints is the password. The command itself is kept in the list: write no secret into it.</source>
        <translation>不经过 shell 运行；它输出的第一行就是密码。命令本身保存在列表中：请勿在其中写入机密。</translation>
    </message>
    <message>
        <source>The server lets everybody in who reaches it.</source>
        <translation>任何能连到该服务器的人都可以进入。</translation>
    </message>
    <message>
        <source>The password could not be kept: %1</source>
        <translation>无法保存密码：%1</translation>
    </message>
    <message>
        <source>Choose to be asked, or a command, and save again.</source>
        <translation>请选择询问或命令，然后再次保存。</translation>
    </message>
    <message>
        <source>The list of connections never holds it. lockscope-cli cannot read it there: for both, use a command.</source>
        <translation>连接列表中绝不包含密码。lockscope-cli 无法从那里读取：若两个程序都要使用，请选择命令。</translation>
    </message>
</context>
<context>
    <name>lockscope::ConnectionFields</name>
    <message>
        <source>Encrypt with &amp;TLS</source>
        <translation>用 TLS 加密(&amp;T)</translation>
    </message>
    <message>
        <source>Accept an&amp;y certificate (insecure; a badge in the window says so)</source>
        <translation>接受任何证书(&amp;Y)（不安全；窗口中有标记提示）</translation>
    </message>
    <message>
        <source>One server</source>
        <translation>单台服务器</translation>
    </message>
    <message>
        <source>Unix socket</source>
        <translation>Unix 套接字</translation>
    </message>
    <message>
        <source>Sentinel</source>
        <translation>Sentinel</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>集群</translation>
    </message>
    <message>
        <source>Quorum of independent masters</source>
        <translation>独立主节点组成的法定多数组</translation>
    </message>
    <message>
        <source>Sandbox of Lockscope</source>
        <translation>Lockscope 沙盒</translation>
    </message>
    <message>
        <source>paste a URI: redis://user:password@host:port/db</source>
        <translation>粘贴 URI：redis://user:password@host:port/db</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>host:port, host:port</source>
        <translation>host:port, host:port</translation>
    </message>
    <message>
        <source>as the Sentinels call it, for example mymaster</source>
        <translation>Sentinel 使用的名称，例如 mymaster</translation>
    </message>
    <message>
        <source>default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>empty: the host</source>
        <translation>留空：使用主机名</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>P&amp;ort:</source>
        <translation>端口(&amp;O)：</translation>
    </message>
    <message>
        <source>&amp;URI:</source>
        <translation>URI（&amp;U）：</translation>
    </message>
    <message>
        <source>&amp;Kind:</source>
        <translation>类型(&amp;K)：</translation>
    </message>
    <message>
        <source>&amp;Host:</source>
        <translation>主机(&amp;H)：</translation>
    </message>
    <message>
        <source>Socket &amp;path:</source>
        <translation>套接字路径(&amp;P)：</translation>
    </message>
    <message>
        <source>&amp;Nodes:</source>
        <translation>节点(&amp;N)：</translation>
    </message>
    <message>
        <source>&amp;Master name:</source>
        <translation>主节点名称(&amp;M)：</translation>
    </message>
    <message>
        <source>&amp;Database:</source>
        <translation>数据库(&amp;D)：</translation>
    </message>
    <message>
        <source>Us&amp;er:</source>
        <translation>用户(&amp;E)：</translation>
    </message>
    <message>
        <source>C&amp;A certificate:</source>
        <translation>CA 证书(&amp;A)：</translation>
    </message>
    <message>
        <source>CA certificate</source>
        <translation>CA 证书</translation>
    </message>
    <message>
        <source>Client certificate:</source>
        <translation>客户端证书：</translation>
    </message>
    <message>
        <source>Client certificate</source>
        <translation>客户端证书</translation>
    </message>
    <message>
        <source>Client key:</source>
        <translation>客户端密钥：</translation>
    </message>
    <message>
        <source>Client key</source>
        <translation>客户端密钥</translation>
    </message>
    <message>
        <source>Server name (SNI):</source>
        <translation>服务器名称（SNI）：</translation>
    </message>
    <message>
        <source>empty: those of the system</source>
        <translation>留空：使用系统的证书</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Choose: %1</source>
        <translation>选择：%1</translation>
    </message>
    <message>
        <source>the masters of one saved connection share one password</source>
        <translation>同一个已保存连接的各主节点共用一个密码</translation>
    </message>
    <message>
        <source>name at least one node as host:port</source>
        <translation>请至少以 host:port 的形式填写一个节点</translation>
    </message>
    <message>
        <source>a quorum has several masters: host:port, host:port, host:port</source>
        <translation>法定多数组需要多个主节点：host:port, host:port, host:port</translation>
    </message>
    <message>
        <source>the path of a Unix socket begins with /</source>
        <translation>Unix 套接字的路径以 / 开头</translation>
    </message>
    <message>
        <source>user@host, or an alias of your ssh configuration; empty: a direct link</source>
        <translation>user@host，或 ssh 配置中的别名；留空：直接连接</translation>
    </message>
    <message>
        <source>Uses this machine&apos;s ssh, your agent and ~/.ssh/config.</source>
        <translation>使用本机的 ssh、您的代理和 ~/.ssh/config。</translation>
    </message>
    <message>
        <source>ssh carries every link and must get in without a question. Hosts and addresses are those that are known over there.</source>
        <translation>每条链路都由 ssh 承载，且必须无需询问即可登录。主机和地址以远端所知的为准。</translation>
    </message>
    <message>
        <source>Through SSH:</source>
        <translation>经由 SSH：</translation>
    </message>
    <message>
        <source>Scan the keys on a repl&amp;ica, to spare the master</source>
        <translation>在副本上扫描键，以减轻主节点负担(&amp;I)</translation>
    </message>
    <message>
        <source>What is found there is read on its master before it is shown. A replica that is away or lags is left alone, and the window says so.</source>
        <translation>在那里找到的内容，会先在其主节点上读取再显示。不在线或落后的副本不会被使用，窗口中会说明。</translation>
    </message>
</context>
<context>
    <name>lockscope::ConnectionStrip</name>
    <message>
        <source>Connecting</source>
        <translation>正在连接</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>已连接</translation>
    </message>
    <message>
        <source>Connection lost</source>
        <translation>连接已断开</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>db %1</source>
        <translation>库 %1</translation>
    </message>
    <message>
        <source>READ-ONLY</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>Every command that would write is refused before anything is sent.</source>
        <translation>一切写入命令在发送任何内容之前就被拒绝。</translation>
    </message>
    <message>
        <source>SANDBOX</source>
        <translation>沙箱</translation>
    </message>
    <message>
        <source>A private server of Lockscope with demo locks. Nothing here is real; it ends with the window.</source>
        <translation>Lockscope 的私有服务器，带演示用的锁。这里没有任何真实数据；它随窗口一起结束。</translation>
    </message>
    <message>
        <source>Changes are heard from the server as they happen.</source>
        <translation>变化发生时即由服务器告知。</translation>
    </message>
    <message>
        <source>Not reached</source>
        <translation>未连上</translation>
    </message>
    <message>
        <source>clock %1 ms off</source>
        <translation>时钟偏差 %1 毫秒</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>正在连接</translation>
    </message>
    <message>
        <source>not reached</source>
        <translation>无法连接</translation>
    </message>
    <message>
        <source>%1 of %2 masters up</source>
        <translation>%2 个主节点中 %1 个在线</translation>
    </message>
    <message>
        <source>dbs %1</source>
        <translation>数据库 %1</translation>
    </message>
    <message>
        <source>The server names each key that changes, and the key is read then.</source>
        <translation>服务器报出每个变化的键，随后读取该键。</translation>
    </message>
    <message>
        <source>The key space is read again and again.</source>
        <translation>反复读取键空间。</translation>
    </message>
    <message>
        <source>INSECURE TLS</source>
        <translation>不安全的 TLS</translation>
    </message>
    <message>
        <source>Any certificate is accepted: somebody between you and the server could read and change everything.</source>
        <translation>接受任何证书：您与服务器之间的任何人都可能读取并更改一切内容。</translation>
    </message>
</context>
<context>
    <name>lockscope::ConnectionTest</name>
    <message>
        <source>running</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>passed</source>
        <translation>通过</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Steps of the connection test</source>
        <translation>连接测试的步骤</translation>
    </message>
    <message>
        <source>This connection works.</source>
        <translation>此连接可用。</translation>
    </message>
    <message>
        <source>This connection does not work yet.</source>
        <translation>此连接目前还不可用。</translation>
    </message>
    <message>
        <source>Testing…</source>
        <translation>正在测试…</translation>
    </message>
    <message>
        <source>This connection works, but not with every server.</source>
        <translation>此连接可用，但并非每台服务器都可用。</translation>
    </message>
</context>
<context>
    <name>lockscope::ConnectionTree</name>
    <message>
        <source>never</source>
        <translation>从未</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>上次使用</translation>
    </message>
    <message>
        <source>Saved connections</source>
        <translation>已保存的连接</translation>
    </message>
    <message>
        <source>Read-only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>No connection matches</source>
        <translation>没有匹配的连接</translation>
    </message>
    <message>
        <source>Names, groups, servers and notes are searched.</source>
        <translation>在名称、分组、服务器和备注中搜索。</translation>
    </message>
</context>
<context>
    <name>ConnectionText</name>
    <message>
        <source>it has no URI</source>
        <translation>它没有 URI</translation>
    </message>
    <message>
        <source>its environment is not known</source>
        <translation>它的环境未知</translation>
    </message>
    <message>
        <source>Quorum of %1 masters</source>
        <translation>%1 个主节点组成的法定多数组</translation>
    </message>
    <message>
        <source>Sentinel</source>
        <translation>Sentinel</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>集群</translation>
    </message>
    <message>
        <source>Sandbox</source>
        <translation>沙箱</translation>
    </message>
    <message>
        <source>Unix socket</source>
        <translation>Unix 套接字</translation>
    </message>
    <message>
        <source>One server</source>
        <translation>单台服务器</translation>
    </message>
    <message>
        <source>several saved connections are called %1; write GROUP/NAME</source>
        <translation>有多个已保存的连接名为 %1；请写成 分组/名称</translation>
    </message>
    <message>
        <source>no connection is saved yet</source>
        <translation>还没有保存的连接</translation>
    </message>
    <message>
        <source>no saved connection is called %1; there are: %2</source>
        <translation>没有名为 %1 的已保存连接；现有：%2</translation>
    </message>
    <message>
        <source>it is no JSON (at byte %1: %2)</source>
        <translation>它不是 JSON（第 %1 字节处：%2）</translation>
    </message>
    <message>
        <source>it was written by a later version of Lockscope</source>
        <translation>它由更新版本的 Lockscope 写入</translation>
    </message>
    <message>
        <source>it is not a list of connections</source>
        <translation>它不是连接列表</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>its id stands twice</source>
        <translation>它的标识出现了两次</translation>
    </message>
    <message>
        <source>its folder cannot be made</source>
        <translation>无法创建它的文件夹</translation>
    </message>
    <message>
        <source>another program keeps it locked</source>
        <translation>另一个程序正锁定着它</translation>
    </message>
    <message>
        <source>The Sentinels have a password of their own; that of the master is kept.</source>
        <translation>Sentinel 有自己的密码；保留的是主节点的密码。</translation>
    </message>
    <message>
        <source>It accepted any certificate; here the certificate is checked until you say otherwise.</source>
        <translation>它原先接受任何证书；在这里证书会被校验，除非您另行指定。</translation>
    </message>
    <message>
        <source>CA certificate</source>
        <translation>CA 证书</translation>
    </message>
    <message>
        <source>client certificate</source>
        <translation>客户端证书</translation>
    </message>
    <message>
        <source>client key</source>
        <translation>客户端密钥</translation>
    </message>
    <message>
        <source>it holds more than %1 connections</source>
        <translation>它包含超过 %1 个连接</translation>
    </message>
    <message>
        <source>encrypted; the certificate is good</source>
        <translation>已加密；证书有效</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>已接受</translation>
    </message>
    <message>
        <source>answered</source>
        <translation>已应答</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>已连接</translation>
    </message>
    <message>
        <source>Is this a Redis port? A port that wants TLS ends a plain connection: switch TLS on.</source>
        <translation>这是 Redis 端口吗？要求 TLS 的端口会断开明文连接：请启用 TLS。</translation>
    </message>
    <message>
        <source>Find the address</source>
        <translation>查找地址</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Encrypt (TLS)</source>
        <translation>加密（TLS）</translation>
    </message>
    <message>
        <source>Log in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Ping</source>
        <translation>Ping</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Ask for the master</source>
        <translation>查询主节点</translation>
    </message>
    <message>
        <source>What can be watched</source>
        <translation>可以观察的内容</translation>
    </message>
    <message>
        <source>encrypted, but anybody could be at the other end</source>
        <translation>已加密，但对端可能是任何人</translation>
    </message>
    <message>
        <source>Name the CA certificate, and let the certificate be checked.</source>
        <translation>请填写 CA 证书，并启用证书校验。</translation>
    </message>
    <message>
        <source>SENTINEL MASTERS in redis-cli lists the names.</source>
        <translation>在 redis-cli 中用 SENTINEL MASTERS 可列出名称。</translation>
    </message>
    <message>
        <source>the user may not run INFO</source>
        <translation>该用户无权执行 INFO</translation>
    </message>
    <message>
        <source>%1, a replica</source>
        <translation>%1，副本</translation>
    </message>
    <message>
        <source>%1, a master</source>
        <translation>%1，主节点</translation>
    </message>
    <message>
        <source>Locks are taken on the master: connect to that one.</source>
        <translation>锁在主节点上获取：请连接主节点。</translation>
    </message>
    <message>
        <source>the server does not show its configuration</source>
        <translation>服务器不显示其配置</translation>
    </message>
    <message>
        <source>Changes are then heard by client tracking, or by polling.</source>
        <translation>变更将通过客户端跟踪或轮询获知。</translation>
    </message>
    <message>
        <source>keyspace notifications are off</source>
        <translation>键空间通知已关闭</translation>
    </message>
    <message>
        <source>Client tracking is used instead; it does not tell how a lock ended.</source>
        <translation>改用客户端跟踪；它不说明锁是如何结束的。</translation>
    </message>
    <message>
        <source>keyspace notifications %1, %2 keys</source>
        <translation>键空间通知 %1，%2 个键</translation>
    </message>
    <message>
        <source>the password command %1: %2</source>
        <translation>密码命令 %1：%2</translation>
    </message>
    <message>
        <source>the password command is empty</source>
        <translation>密码命令为空</translation>
    </message>
    <message>
        <source>the password command %1 did not end within %2 s</source>
        <translation>密码命令 %1 未在 %2 秒内结束</translation>
    </message>
    <message>
        <source>ended with status %1</source>
        <translation>以状态 %1 结束</translation>
    </message>
    <message>
        <source>printed no password</source>
        <translation>没有输出密码</translation>
    </message>
    <message>
        <source>Not a file, save it as one and choose it: %1.</source>
        <translation>不是文件，请保存为文件后再选择：%1。</translation>
    </message>
    <message>
        <source>It goes through SSH (%1) with your own keys; those of the export are not taken over.</source>
        <translation>它经由 SSH（%1）连接，使用您自己的密钥；导出文件中的密钥不会被导入。</translation>
    </message>
    <message>
        <source>It went through SSH (%1), which cannot be taken over: name the way yourself.</source>
        <translation>它经由 SSH（%1）连接，无法导入：请自行填写 SSH 目标。</translation>
    </message>
    <message>
        <source>one of its fields holds more than belongs there, like a user in the host</source>
        <translation>其某个字段包含不属于该字段的内容，例如主机中带有用户</translation>
    </message>
    <message>
        <source>Its password came from a command, which is not taken over: %1</source>
        <translation>它的密码来自命令，该命令不会被导入：%1</translation>
    </message>
    <message>
        <source>this is no export of RedisInsight or Another Redis Desktop Manager, and no list of Lockscope, that can be read</source>
        <translation>这不是可读取的 RedisInsight 或 Another Redis Desktop Manager 导出文件，也不是 Lockscope 的连接列表</translation>
    </message>
    <message>
        <source>Ask for the nodes</source>
        <translation>查询节点</translation>
    </message>
    <message>
        <source>Read locks</source>
        <translation>读取锁</translation>
    </message>
    <message>
        <source>connected by ssh through %1</source>
        <translation>已由 ssh 经由 %1 连接</translation>
    </message>
    <message>
        <source>Those are the master&apos;s, then. The Sentinel is tried again without.</source>
        <translation>那么它们属于主节点。将不带用户和密码再次尝试该 Sentinel。</translation>
    </message>
    <message>
        <source>the server does not have %1</source>
        <translation>服务器没有 %1</translation>
    </message>
    <message>
        <source>Its operator has renamed or disabled that; without it no lock can be listed.</source>
        <translation>其运维人员已将其改名或禁用；没有它就无法列出任何锁。</translation>
    </message>
    <message>
        <source>the user may not run %1</source>
        <translation>该用户无权运行 %1</translation>
    </message>
    <message>
        <source>only its own part of a cluster</source>
        <translation>只是集群中它自己的那一部分</translation>
    </message>
    <message>
        <source>This server is a node of a cluster: choose Cluster as the kind, to see all of it.</source>
        <translation>此服务器是集群的一个节点：请将类型选为“集群”，以查看全部内容。</translation>
    </message>
    <message>
        <source>allowed</source>
        <translation>允许</translation>
    </message>
    <message>
        <source>it is no Sentinel</source>
        <translation>它不是 Sentinel</translation>
    </message>
    <message>
        <source>Name the Sentinels, usually at port 26379; or choose One server as the kind.</source>
        <translation>请填写各 Sentinel，端口通常为 26379；或将类型选为“单台服务器”。</translation>
    </message>
    <message>
        <source>it knows no master %1</source>
        <translation>它不认识主节点 %1</translation>
    </message>
    <message>
        <source>It watches over no master at all: is it the right Sentinel?</source>
        <translation>它没有监视任何主节点：这是正确的 Sentinel 吗？</translation>
    </message>
    <message>
        <source>The masters that it knows: %1. Write one of them as master name.</source>
        <translation>它认识的主节点：%1。请将其中之一填为主节点名称。</translation>
    </message>
    <message>
        <source>it is no node of a cluster</source>
        <translation>它不是集群的节点</translation>
    </message>
    <message>
        <source>Choose One server as the kind, or name a node of the cluster.</source>
        <translation>请将类型选为“单台服务器”，或填写集群的某个节点。</translation>
    </message>
    <message>
        <source>no node of it has a slot</source>
        <translation>其中没有任何节点拥有槽位</translation>
    </message>
    <message>
        <source>It has lost its cluster, or was never taken in: CLUSTER NODES in redis-cli tells.</source>
        <translation>它已失去其集群，或从未加入：在 redis-cli 中用 CLUSTER NODES 可查看。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln masters</source>
        <translation>
            <numerusform>%Ln 个主节点</numerusform>
        </translation>
    </message>
    <message>
        <source>%1; nobody serves %2 slots</source>
        <translation>%1；有 %2 个槽位无人服务</translation>
    </message>
    <message>
        <source>Locks in those slots can be neither seen nor taken: CLUSTER NODES in redis-cli tells who had them.</source>
        <translation>这些槽位中的锁既看不到也无法获取：在 redis-cli 中用 CLUSTER NODES 可查看它们原属于谁。</translation>
    </message>
    <message>
        <source>Install ssh on this machine, and try again.</source>
        <translation>请在本机安装 ssh 后重试。</translation>
    </message>
    <message>
        <source>Check the name of the host that ssh goes to, or its entry in ~/.ssh/config.</source>
        <translation>请检查 ssh 目标主机的名称，或其在 ~/.ssh/config 中的条目。</translation>
    </message>
    <message>
        <source>The host&apos;s key is not known here, or has changed. Run %1 in a terminal, compare the fingerprint with the one that its administrator tells, and accept no other.</source>
        <translation>此处不认识该主机的密钥，或密钥已改变。请在终端运行 %1，将指纹与其管理员提供的指纹比对，不要接受其他指纹。</translation>
    </message>
    <message>
        <source>%1 must get in without a question: load the key into the agent (ssh-add), or name it in ~/.ssh/config, and have it allowed over there.</source>
        <translation>%1 必须无需询问即可登录：请将密钥载入代理（ssh-add），或写入 ~/.ssh/config，并让远端允许它。</translation>
    </message>
    <message>
        <source>Run %1 in a terminal. If it gets in, the server is not reached from there: check its address as that host sees it, and that its sshd allows forwarding.</source>
        <translation>请在终端运行 %1。如果能够登录，则说明从那里无法到达服务器：请检查该主机所见的地址，以及其 sshd 是否允许转发。</translation>
    </message>
    <message>
        <source>Check that the file is there, that you may read it, and that it holds PEM text.</source>
        <translation>请检查文件是否存在、您是否可以读取，以及其中是否为 PEM 文本。</translation>
    </message>
    <message>
        <source>Does this port speak TLS at all? If so, it may want a client certificate and its key, or refuse the one that it was given.</source>
        <translation>此端口是否支持 TLS？如果支持，它可能要求客户端证书及其密钥，或拒绝了所提供的证书。</translation>
    </message>
    <message>
        <source>Name the CA certificate that the server&apos;s operator gives you.</source>
        <translation>请填写服务器运维人员提供的 CA 证书。</translation>
    </message>
    <message>
        <source>Write the host as the certificate has it, or put that name into Server name (SNI). If it is the name of a stranger, somebody may stand in between.</source>
        <translation>请按证书中的名称填写主机，或将该名称填入“服务器名称（SNI）”。如果是陌生的名称，中间可能有人冒充。</translation>
    </message>
    <message>
        <source>Have the certificate renewed, and check the clock of this machine.</source>
        <translation>请让人更新证书，并检查本机的时钟。</translation>
    </message>
    <message>
        <source>Have the certificate mended, or name another CA certificate.</source>
        <translation>请让人修正证书，或填写另一个 CA 证书。</translation>
    </message>
    <message>
        <source>The server lets in only what comes from its own machine (protected mode): set a password there, or go through SSH.</source>
        <translation>服务器只接受来自其本机的连接（保护模式）：请在服务器上设置密码，或经由 SSH 连接。</translation>
    </message>
    <message>
        <source>User and password of this connection are those of the master, not of the Sentinels: check them there.</source>
        <translation>此连接的用户和密码是主节点的，而不是 Sentinel 的：请在主节点上核对。</translation>
    </message>
    <message>
        <source>The Sentinel wants a password of its own, and there is one for this connection: give Sentinels and master the same, or let the Sentinels go without.</source>
        <translation>该 Sentinel 要求自己的密码，而此连接只有一个密码：请让 Sentinel 与主节点使用相同的密码，或让 Sentinel 不设密码。</translation>
    </message>
    <message>
        <source>It was tried without a password: choose where the password comes from, or type it.</source>
        <translation>尝试时没有密码：请选择密码的来源，或输入密码。</translation>
    </message>
    <message>
        <source>The password of the default user is another one. If yours belongs to a user, name that user too.</source>
        <translation>默认用户的密码不是这个。如果您的密码属于某个用户，请同时填写该用户。</translation>
    </message>
    <message>
        <source>There is no user %1, or it is switched off, or its password is another one; the server does not say which. ACL GETUSER %1 tells an administrator.</source>
        <translation>没有用户 %1，或它已被停用，或其密码不是这个；服务器不说明是哪一种。管理员可用 ACL GETUSER %1 查看。</translation>
    </message>
    <message>
        <source>This server is a node of a cluster: choose Cluster as the kind.</source>
        <translation>此服务器是集群的一个节点：请将类型选为“集群”。</translation>
    </message>
    <message>
        <source>The server has fewer databases (16, unless it was told otherwise): choose a smaller number.</source>
        <translation>服务器的数据库没有这么多（除非另有设置，共 16 个）：请选择较小的编号。</translation>
    </message>
    <message>
        <source>Check the path, that the server runs, and that you may read and write its socket.</source>
        <translation>请检查路径、服务器是否在运行，以及您是否可以读写其套接字。</translation>
    </message>
    <message>
        <source>This address is told by the servers themselves and must be reachable from here. If it is known only over there, go through SSH, or have them announce another one.</source>
        <translation>此地址由服务器自己告知，必须能从这里到达。如果它只在远端可用，请经由 SSH 连接，或让服务器公布另一个地址。</translation>
    </message>
    <message>
        <source>Nothing answers there at all: is the address right, or does a firewall swallow it?</source>
        <translation>那里毫无应答：地址是否正确，还是被防火墙丢弃了？</translation>
    </message>
    <message>
        <source>Check that the server runs, that it listens on this address and port, and that no firewall is in between.</source>
        <translation>请检查服务器是否在运行、是否监听此地址和端口，以及中间是否有防火墙。</translation>
    </message>
    <message>
        <source>Have it granted: ACL SETUSER %1 +%2. The README lists what an observer and an operator need.</source>
        <translation>请让人授予权限：ACL SETUSER %1 +%2。README 列出了观察者和操作者所需的规则。</translation>
    </message>
    <message>
        <source>More than half of the masters must answer for a lock to be taken.</source>
        <translation>必须有超过半数的主节点应答，才能获取锁。</translation>
    </message>
    <message>
        <source>Another Sentinel can stand in for it.</source>
        <translation>其他 Sentinel 可以代替它。</translation>
    </message>
    <message>
        <source>Other nodes tell about the cluster too; if this one is gone for good, take it out of the list.</source>
        <translation>其他节点也能提供集群的信息；如果此节点已永久移除，请将其从列表中删除。</translation>
    </message>
    <message>
        <source>The locks in its slots cannot be seen until then.</source>
        <translation>在此之前，其槽位中的锁无法看到。</translation>
    </message>
    <message>
        <source>Check the host&apos;s name. One that only another machine knows is reached through SSH.</source>
        <translation>请检查主机名称。只有另一台机器才认识的主机，可经由 SSH 到达。</translation>
    </message>
    <message>
        <source>It is connected and says nothing: the server is blocked (a slow script, a stopped process), or this is no Redis port.</source>
        <translation>已连接但没有任何应答：服务器被阻塞（慢脚本、被停止的进程），或这不是 Redis 端口。</translation>
    </message>
</context>
<context>
    <name>lockscope::ConnectionsDialog</name>
    <message>
        <source>Connections</source>
        <translation>已保存的连接</translation>
    </message>
    <message>
        <source>Search names, groups, servers and notes</source>
        <translation>搜索名称、分组、服务器和备注</translation>
    </message>
    <message>
        <source>Search the connections</source>
        <translation>搜索连接</translation>
    </message>
    <message>
        <source>No connections yet</source>
        <translation>还没有连接</translation>
    </message>
    <message>
        <source>Add one, or import those of RedisInsight or Another Redis Desktop Manager. Passwords go to the desktop&apos;s secret service, never into the list.</source>
        <translation>请添加一个，或导入 RedisInsight 或 Another Redis Desktop Manager 的连接。密码存入桌面的密钥服务，绝不写入列表。</translation>
    </message>
    <message>
        <source>Set the file &amp;aside and begin anew</source>
        <translation>将文件移到一旁并重新开始(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;New…</source>
        <translation>新建(&amp;N)…</translation>
    </message>
    <message>
        <source>&amp;Edit…</source>
        <translation>编辑(&amp;E)…</translation>
    </message>
    <message>
        <source>Du&amp;plicate</source>
        <translation>复制一份(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>删除(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Test</source>
        <translation>测试(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>导入(&amp;I)…</translation>
    </message>
    <message>
        <source>&amp;Another server…</source>
        <translation>其他服务器(&amp;A)…</translation>
    </message>
    <message>
        <source>Open in a new &amp;window</source>
        <translation>在新窗口中打开(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Connect</source>
        <translation>连接(&amp;C)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>The saved connections cannot be read.</source>
        <translation>无法读取已保存的连接。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln connections cannot be read; they stay in the file.</source>
        <translation>
            <numerusform>%Ln 个连接无法读取；它们保留在文件中。</numerusform>
        </translation>
    </message>
    <message>
        <source>The change was not saved.</source>
        <translation>更改未保存。</translation>
    </message>
    <message>
        <source>%1 (copy)</source>
        <translation>%1（副本）</translation>
    </message>
    <message>
        <source>%1 is deleted.</source>
        <translation>已删除 %1。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln connections are deleted.</source>
        <translation>
            <numerusform>已删除 %Ln 个连接。</numerusform>
        </translation>
    </message>
    <message>
        <source>Its password is forgotten when this window closes.</source>
        <translation>关闭此窗口时会忘记它的密码。</translation>
    </message>
    <message>
        <source>Import connections</source>
        <translation>导入连接</translation>
    </message>
    <message>
        <source>Exports (*.json *.ano)</source>
        <translation>导出文件 (*.json *.ano)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message numerus="yes">
        <source>%Ln connections are imported.</source>
        <translation>
            <numerusform>已导入 %Ln 个连接。</numerusform>
        </translation>
    </message>
    <message>
        <source>The file could not be set aside.</source>
        <translation>无法将文件移到一旁。</translation>
    </message>
    <message>
        <source>The damaged file is kept.</source>
        <translation>已保留损坏的文件。</translation>
    </message>
    <message>
        <source>The copy has no password.</source>
        <translation>副本没有密码。</translation>
    </message>
</context>
<context>
    <name>lockscope::CredentialsStrip</name>
    <message>
        <source>default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>User name</source>
        <translation>用户名</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>&amp;User:</source>
        <translation>用户（&amp;U）：</translation>
    </message>
    <message>
        <source>Pass&amp;word:</source>
        <translation>密码（&amp;W）：</translation>
    </message>
    <message>
        <source>Co&amp;nnect</source>
        <translation>连接（&amp;N）</translation>
    </message>
    <message>
        <source>The server wants a user and password</source>
        <translation>服务器要求用户名和密码</translation>
    </message>
</context>
<context>
    <name>lockscope::Databases</name>
    <message>
        <source>databases are written as numbers and ranges, like 0,3-5, or as the word all</source>
        <translation>数据库写作编号和范围，如 0,3-5，或写 all</translation>
    </message>
    <message>
        <source>at most %1 databases can be named; write all</source>
        <translation>最多可指定 %1 个数据库；请写 all</translation>
    </message>
</context>
<context>
    <name>lockscope::DeclarationEditor</name>
    <message>
        <source>Your declarations</source>
        <translation>您的声明</translation>
    </message>
</context>
<context>
    <name>lockscope::Deployment</name>
    <message>
        <source>the sandbox needs the program redis-server (Debian: apt install redis-server)</source>
        <translation>沙箱需要 redis-server 程序（Debian：apt install redis-server）</translation>
    </message>
    <message>
        <source>Sandbox</source>
        <translation>沙箱</translation>
    </message>
    <message>
        <source>a cluster has database 0 only</source>
        <translation>集群只有数据库 0</translation>
    </message>
    <message>
        <source>Sandbox with %1 masters</source>
        <translation>含 %1 台主节点的沙箱</translation>
    </message>
    <message>
        <source>%1 independent masters: %2</source>
        <translation>%1 台独立主节点：%2</translation>
    </message>
    <message>
        <source>%1 locks at once are more than the limit of %2; take fewer, or set maximum-locks-per-act in the section [safety] of %3</source>
        <translation>一次 %1 个锁超过了上限 %2；请减少数量，或在 %3 的 [safety] 节中设置 maximum-locks-per-act</translation>
    </message>
</context>
<context>
    <name>lockscope::Doctor</name>
    <message>
        <source>the server has no command of this name</source>
        <translation>服务器没有这个名称的命令</translation>
    </message>
    <message>
        <source>only trying would tell: ACL DRYRUN is not available (%1)</source>
        <translation>只有尝试才能知道：ACL DRYRUN 不可用（%1）</translation>
    </message>
    <message>
        <source>the server does not have this setting</source>
        <translation>服务器没有此设置</translation>
    </message>
    <message>
        <source>notify-keyspace-events &quot;%1&quot; lacks %2</source>
        <translation>notify-keyspace-events &quot;%1&quot; 缺少 %2</translation>
    </message>
    <message>
        <source>changes are heard by CLIENT TRACKING: how a lock ended is concluded, not told</source>
        <translation>通过 CLIENT TRACKING 得知变化：锁如何结束只能推断，没有人告知</translation>
    </message>
    <message>
        <source>where CLIENT TRACKING is refused, too, passes follow each other: short locks may not be seen</source>
        <translation>若 CLIENT TRACKING 也被拒绝，则一遍接一遍地扫描：可能看不到短暂的锁</translation>
    </message>
    <message>
        <source>whether notifications are on is not known before one comes, and the doctor can check less; %1</source>
        <translation>收到通知之前不知道通知是否打开，诊断能检查的也较少；%1</translation>
    </message>
    <message>
        <source>notifications cannot be switched on from here</source>
        <translation>无法从这里打开通知</translation>
    </message>
    <message>
        <source>keyspace notifications</source>
        <translation>键空间通知</translation>
    </message>
    <message>
        <source>where notifications are not to be had, passes follow each other: short locks may not be seen</source>
        <translation>若无法获得通知，则一遍接一遍地扫描：可能看不到短暂的锁</translation>
    </message>
    <message>
        <source>version, role, memory and replicas are not known</source>
        <translation>不知道版本、角色、内存和副本</translation>
    </message>
    <message>
        <source>locks cannot be found: only single keys can be looked at</source>
        <translation>无法查找锁：只能查看单个键</translation>
    </message>
    <message>
        <source>the server&apos;s clock is taken for ours: deadlines that are times of day may be shown wrong</source>
        <translation>只能把我们的时钟当作服务器的时钟：以时刻表示的期限可能显示有误</translation>
    </message>
    <message>
        <source>whether the connection of a holder is still there is not known</source>
        <translation>不知道持有者的连接是否还在</translation>
    </message>
    <message>
        <source>lock libraries are recognised by their keys alone</source>
        <translation>只能凭键识别锁库</translation>
    </message>
    <message>
        <source>slow scripts cannot be found</source>
        <translation>无法找出慢脚本</translation>
    </message>
    <message>
        <source>the state of the cluster is not known</source>
        <translation>不知道集群的状态</translation>
    </message>
    <message>
        <source>locks cannot be extended, released or force-released: that takes a script that compares the token</source>
        <translation>无法延长、释放或强制释放锁：那需要比较令牌的脚本</translation>
    </message>
    <message>
        <source>locks cannot be taken</source>
        <translation>无法获取锁</translation>
    </message>
    <message>
        <source>waiters that a message wakes are not woken: locks of those libraries cannot be force-released</source>
        <translation>无法唤醒靠消息唤醒的等待者：那些库的锁无法强制释放</translation>
    </message>
    <message>
        <source>the audit log cannot keep what a force-release deletes, so that it cannot be put back</source>
        <translation>审计日志无法保留强制释放所删除的内容，因此无法放回</translation>
    </message>
    <message>
        <source>what was force-released cannot be put back</source>
        <translation>强制释放的内容无法放回</translation>
    </message>
    <message>
        <source>the audit log names no user, and what is not permitted is only known when it is tried</source>
        <translation>审计日志中没有用户名，且只有尝试时才知道不允许什么</translation>
    </message>
    <message>
        <source>the user is not known</source>
        <translation>不知道用户是谁</translation>
    </message>
    <message>
        <source>what is not permitted is only known when it is tried: nothing is greyed beforehand</source>
        <translation>只有尝试时才知道不允许什么：不会预先变灰</translation>
    </message>
    <message>
        <source>could not be checked: %1: %2</source>
        <translation>无法检查：%1：%2</translation>
    </message>
    <message>
        <source>What cannot be read is not known to be good.</source>
        <translation>读不到的内容不能当作正常。</translation>
    </message>
    <message>
        <source>Allow this user the command, or look for yourself as an administrator.</source>
        <translation>允许此用户使用该命令，或以管理员身份自行查看。</translation>
    </message>
    <message>
        <source>Look for yourself on the server, or in the console of the service that runs it.</source>
        <translation>请在服务器上，或在其所属服务的控制台中自行查看。</translation>
    </message>
    <message>
        <source>Limits for subscribers</source>
        <translation>订阅者的限制</translation>
    </message>
    <message>
        <source>pubsub: hard %1, soft %2 for %3 s</source>
        <translation>pubsub：硬限制 %1，软限制 %2 持续 %3 秒</translation>
    </message>
    <message>
        <source>, %1 clients cut off since the start</source>
        <translation>，启动以来断开了 %1 个客户端</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Subscribers may fall behind for a while</source>
        <translation>订阅者可以暂时落后</translation>
    </message>
    <message>
        <source>Subscribers are cut off early</source>
        <translation>订阅者过早被断开</translation>
    </message>
    <message>
        <source>Subscribers that stop reading are never cut off</source>
        <translation>停止读取的订阅者永远不会被断开</translation>
    </message>
    <message>
        <source>Clients were cut off because they read too slowly</source>
        <translation>有客户端因读取过慢而被断开</translation>
    </message>
    <message>
        <source>One that hangs fills the server&apos;s memory, and then locks are refused or evicted.</source>
        <translation>挂起的订阅者会占满服务器内存，随后锁会被拒绝或驱逐。</translation>
    </message>
    <message>
        <source>Who is cut off hears nothing of what happened meanwhile: waiters that a message should wake, and every watch, miss releases.</source>
        <translation>被断开者听不到期间发生的事：本应由消息唤醒的等待者和所有监视都会错过释放。</translation>
    </message>
    <message>
        <source>Set limits that bear a burst.</source>
        <translation>设置能承受突发的限制。</translation>
    </message>
    <message>
        <source>The server&apos;s clock</source>
        <translation>服务器的时钟</translation>
    </message>
    <message>
        <source>The server&apos;s clock differs from this machine&apos;s</source>
        <translation>服务器的时钟与本机不一致</translation>
    </message>
    <message>
        <source>The server&apos;s clock agrees with this machine&apos;s</source>
        <translation>服务器的时钟与本机一致</translation>
    </message>
    <message>
        <source>%1 ms ± %2 ms, by TIME</source>
        <translation>%1 毫秒 ± %2 毫秒（TIME）</translation>
    </message>
    <message>
        <source>Expiry uses the server&apos;s clock: when somebody corrects it, leases end early or late. Libraries that keep times in their locks compare different clocks.</source>
        <translation>过期使用服务器的时钟：一旦有人校正它，租约就会提前或推迟结束。在锁中保存时间的库会比较不同的时钟。</translation>
    </message>
    <message>
        <source>Let NTP slew the clocks of both machines, without steps.</source>
        <translation>让 NTP 平缓地校正两台机器的时钟，不要跳变。</translation>
    </message>
    <message>
        <source>The servers&apos; clocks agree with each other</source>
        <translation>各服务器的时钟一致</translation>
    </message>
    <message>
        <source>The servers&apos; clocks differ from each other</source>
        <translation>各服务器的时钟不一致</translation>
    </message>
    <message>
        <source>%1 is %2 ms ± %3 ms ahead of %4</source>
        <translation>%1 比 %4 快 %2 毫秒 ± %3 毫秒</translation>
    </message>
    <message>
        <source>Leases are replicated and migrated as times of day: where another server takes over, they end early or late by the difference.</source>
        <translation>租约以时刻的形式复制和迁移：由另一台服务器接管时，会按时差提前或推迟结束。</translation>
    </message>
    <message>
        <source>Let NTP keep all servers at the same time, without steps.</source>
        <translation>让 NTP 使所有服务器的时间一致，不要跳变。</translation>
    </message>
    <message>
        <source>State of the cluster</source>
        <translation>集群状态</translation>
    </message>
    <message>
        <source>cluster_state %1, %2 of %3 slots assigned, %4 on failing nodes</source>
        <translation>cluster_state %1，已分配 %2/%3 个槽，%4 个在故障节点上</translation>
    </message>
    <message>
        <source>The cluster serves all slots</source>
        <translation>集群服务于所有槽</translation>
    </message>
    <message>
        <source>The cluster does not serve all slots</source>
        <translation>集群没有服务于所有槽</translation>
    </message>
    <message>
        <source>Locks in those slots, and with full coverage required all locks, can be neither taken nor released.</source>
        <translation>这些槽中的锁既不能获取也不能释放；若要求完整覆盖，则所有锁都如此。</translation>
    </message>
    <message>
        <source>Bring the failed nodes back, or assign the slots.</source>
        <translation>恢复故障节点，或分配这些槽。</translation>
    </message>
    <message>
        <source>The cluster has too few masters to fail over</source>
        <translation>集群的主节点太少，无法故障转移</translation>
    </message>
    <message>
        <source>cluster_size %1</source>
        <translation>cluster_size %1</translation>
    </message>
    <message>
        <source>A failover needs the votes of more than half of the masters.</source>
        <translation>故障转移需要过半数主节点的投票。</translation>
    </message>
    <message>
        <source>Use three masters at least.</source>
        <translation>至少使用三个主节点。</translation>
    </message>
    <message>
        <source>One lost slot stops all locks</source>
        <translation>丢失一个槽会使所有锁停止</translation>
    </message>
    <message>
        <source>If one master and its replicas are away, the others refuse their locks, too.</source>
        <translation>若一个主节点及其副本都不在，其他节点也会拒绝它们的锁。</translation>
    </message>
    <message>
        <source>Let healthy slots go on, if partly working locks are better than none.</source>
        <translation>若部分可用的锁好过完全不可用，请让正常的槽继续服务。</translation>
    </message>
    <message>
        <source>not told</source>
        <translation>未告知</translation>
    </message>
    <message>
        <source>maxmemory-policy %1, maxmemory %2</source>
        <translation>maxmemory-policy %1，maxmemory %2</translation>
    </message>
    <message>
        <source>, %1 used</source>
        <translation>，已用 %1</translation>
    </message>
    <message>
        <source>, %1 keys evicted since the start</source>
        <translation>，启动以来驱逐了 %1 个键</translation>
    </message>
    <message>
        <source>Eviction of locks</source>
        <translation>锁的驱逐</translation>
    </message>
    <message>
        <source>Locks can be evicted</source>
        <translation>锁可能被驱逐</translation>
    </message>
    <message>
        <source>Locks would be evicted if memory were limited</source>
        <translation>若限制了内存，锁会被驱逐</translation>
    </message>
    <message>
        <source>When memory is full this policy throws away keys that have a TTL: exactly what locks are. The holder goes on believing, and somebody else gets the lock.</source>
        <translation>内存满时，此策略会丢弃带 TTL 的键：锁正是如此。持有者仍以为自己持有，而别人会取得锁。</translation>
    </message>
    <message>
        <source>When memory is full this policy throws away any key, locks too. The holder goes on believing, and somebody else gets the lock.</source>
        <translation>内存满时，此策略会丢弃任意键，包括锁。持有者仍以为自己持有，而别人会取得锁。</translation>
    </message>
    <message>
        <source>Keep locks on a server that refuses writes when it is full, apart from caches.</source>
        <translation>请将锁与缓存分开，放在内存满时拒绝写入的服务器上。</translation>
    </message>
    <message>
        <source>Memory is almost full</source>
        <translation>内存快满了</translation>
    </message>
    <message>
        <source>Locks are not evicted</source>
        <translation>锁不会被驱逐</translation>
    </message>
    <message>
        <source>When it is full, new locks are refused (OOM). Releasing goes on working.</source>
        <translation>内存满时会拒绝新的锁（OOM）。释放仍可进行。</translation>
    </message>
    <message>
        <source>Free memory, or raise the limit to what the machine has.</source>
        <translation>释放内存，或将限制提高到机器所能提供的大小。</translation>
    </message>
    <message>
        <source>Whether the default user needs a password</source>
        <translation>默认用户是否需要密码</translation>
    </message>
    <message>
        <source>The default user does not come in without a password</source>
        <translation>默认用户没有密码不能进入</translation>
    </message>
    <message>
        <source>ACL GETUSER default</source>
        <translation>ACL GETUSER default</translation>
    </message>
    <message>
        <source>this connection needed no password</source>
        <translation>此连接不需要密码</translation>
    </message>
    <message>
        <source>ACL GETUSER default has the flag nopass</source>
        <translation>ACL GETUSER default 有 nopass 标志</translation>
    </message>
    <message>
        <source>Everybody on the server&apos;s machine comes in without a password</source>
        <translation>服务器本机上的任何人都可无密码进入</translation>
    </message>
    <message>
        <source>Everybody who reaches the server comes in without a password</source>
        <translation>能连到服务器的任何人都可无密码进入</translation>
    </message>
    <message>
        <source>Who comes in can take and delete every lock, and change the configuration.</source>
        <translation>进入者可以获取和删除任何锁，并更改配置。</translation>
    </message>
    <message>
        <source>Give the default user a password or switch it off, and give each program a user of its own.</source>
        <translation>为默认用户设置密码或停用它，并为每个程序设置各自的用户。</translation>
    </message>
    <message>
        <source>Slow scripts</source>
        <translation>慢脚本</translation>
    </message>
    <message>
        <source>Stalls of the server</source>
        <translation>服务器的停顿</translation>
    </message>
    <message>
        <source>The server answers slowly</source>
        <translation>服务器应答缓慢</translation>
    </message>
    <message>
        <source>The server answers quickly</source>
        <translation>服务器应答迅速</translation>
    </message>
    <message>
        <source>%1 PINGs: %2 ms at best, %3 ms in the middle, %4 ms at worst</source>
        <translation>%1 次 PING：最快 %2 毫秒，中位 %3 毫秒，最慢 %4 毫秒</translation>
    </message>
    <message>
        <source>What an answer takes is lost from the lease: short TTLs run out before their holder knows that it has them.</source>
        <translation>应答所花的时间会从租约中损失：短 TTL 在持有者得知之前就已到期。</translation>
    </message>
    <message>
        <source>Look at the load of server and network, and keep TTLs far above this time.</source>
        <translation>查看服务器和网络的负载，并使 TTL 远大于此时间。</translation>
    </message>
    <message>
        <source>Slow scripts are not recorded</source>
        <translation>没有记录慢脚本</translation>
    </message>
    <message>
        <source>Scripts are in the slow log</source>
        <translation>慢日志中有脚本</translation>
    </message>
    <message>
        <source>No script is in the slow log</source>
        <translation>慢日志中没有脚本</translation>
    </message>
    <message>
        <source>%1 of the newest %2 entries, the slowest took %3 ms</source>
        <translation>最新 %2 条中有 %1 条，最慢的用了 %3 毫秒</translation>
    </message>
    <message>
        <source>%1 entries</source>
        <translation>%1 条</translation>
    </message>
    <message>
        <source>While a script runs nobody else is served: every lock operation waits for it.</source>
        <translation>脚本运行时不服务其他人：所有锁操作都在等待它。</translation>
    </message>
    <message>
        <source>Find the script and split its work.</source>
        <translation>找出该脚本并拆分其工作。</translation>
    </message>
    <message>
        <source>Stalls are not recorded</source>
        <translation>没有记录停顿</translation>
    </message>
    <message>
        <source>No stall was recorded</source>
        <translation>没有记录到停顿</translation>
    </message>
    <message>
        <source>The server has stood still</source>
        <translation>服务器曾经停顿</translation>
    </message>
    <message>
        <source>LATENCY LATEST: up to %1 ms (%2)</source>
        <translation>LATENCY LATEST：最长 %1 毫秒（%2）</translation>
    </message>
    <message>
        <source>Leases run on while the server stands still: renewals come late, and locks expire under their holders.</source>
        <translation>服务器停顿时租约仍在流逝：续期来迟，锁在持有者手中过期。</translation>
    </message>
    <message>
        <source>Ask the server what it was, and keep TTLs above the longest stall.</source>
        <translation>询问服务器原因，并使 TTL 大于最长的停顿。</translation>
    </message>
    <message>
        <source>releases by a plain DEL: a late holder deletes its successor&apos;s lock</source>
        <translation>用单纯的 DEL 释放：迟到的持有者会删除后继者的锁</translation>
    </message>
    <message>
        <source>releases by a plain DEL and renews without looking whose lock it is: a late holder ends, or prolongs, its successor&apos;s lock</source>
        <translation>用单纯的 DEL 释放，续期时也不看锁属于谁：迟到的持有者会结束或延长后继者的锁</translation>
    </message>
    <message>
        <source>decides by its own clock whether the lock is still its own, then deletes without comparing</source>
        <translation>凭自己的时钟判断锁是否仍属于自己，然后不经比较就删除</translation>
    </message>
    <message>
        <source>has no TTL and no token: whoever releases it releases anybody&apos;s, and a holder that dies leaves it for ever</source>
        <translation>没有 TTL 也没有令牌：谁释放都会释放任何人的锁，持有者死亡后锁永远留下</translation>
    </message>
    <message>
        <source>keeps the end of the lease in a second key without a TTL: what a dead holder leaves stays until the next one comes</source>
        <translation>将租约的结束时间放在另一个没有 TTL 的键中：死亡的持有者留下的锁会一直留到下一个到来</translation>
    </message>
    <message>
        <source>compares and deletes in two commands: what changes between them is deleted by mistake</source>
        <translation>用两条命令比较和删除：其间的变化会被误删</translation>
    </message>
    <message>
        <source>its renewal takes the lock anew where it is gone: a lock that was force-released comes back</source>
        <translation>续期时若锁已不在就重新获取：强制释放的锁会回来</translation>
    </message>
    <message>
        <source>its Redlock renewal sets the lock anew on masters that lost it: a force-released lock comes back while a quorum still has it</source>
        <translation>Redlock 续期会在丢失锁的主节点上重新设置：只要法定人数仍有，强制释放的锁就会回来</translation>
    </message>
    <message>
        <source>its locks are here, but none of the scripts of safeUpdate: it probably releases by a plain DEL, so that a late holder deletes its successor&apos;s lock</source>
        <translation>这里有它的锁，但没有 safeUpdate 的脚本：它很可能用单纯的 DEL 释放，迟到的持有者会删除后继者的锁</translation>
    </message>
    <message>
        <source>Lock libraries by their scripts</source>
        <translation>凭脚本识别锁库</translation>
    </message>
    <message>
        <source>No lock library with a known defect was seen</source>
        <translation>没有看到有已知缺陷的锁库</translation>
    </message>
    <message>
        <source>%1 has a known defect</source>
        <translation>%1 有已知缺陷</translation>
    </message>
    <message>
        <source>its script is in the server&apos;s script cache</source>
        <translation>服务器的脚本缓存中有它的脚本</translation>
    </message>
    <message>
        <source>locks that look like its own are here</source>
        <translation>这里有看起来属于它的锁</translation>
    </message>
    <message>
        <source>%1 %2.</source>
        <translation>%1：%2。</translation>
    </message>
    <message>
        <source>Keep the work well below the TTL, and change to a library, or a mode of it, that compares the token in a script.</source>
        <translation>让工作时间远小于 TTL，并改用在脚本中比较令牌的库或模式。</translation>
    </message>
    <message>
        <source>Keyspace notifications</source>
        <translation>键空间通知</translation>
    </message>
    <message>
        <source>Without them the watch cannot tell how a lock ended; it tracks or polls instead.</source>
        <translation>没有通知，监视就不知道锁如何结束；只能改用跟踪或轮询。</translation>
    </message>
    <message>
        <source>Set notify-keyspace-events in the configuration file, or in the console of the service that runs the server.</source>
        <translation>请在配置文件中，或在服务器所属服务的控制台中设置 notify-keyspace-events。</translation>
    </message>
    <message>
        <source>notify-keyspace-events &quot;%1&quot;</source>
        <translation>notify-keyspace-events &quot;%1&quot;</translation>
    </message>
    <message>
        <source>The server tells of every change of a lock</source>
        <translation>服务器会告知锁的每个变化</translation>
    </message>
    <message>
        <source>The server does not tell of changes of locks</source>
        <translation>服务器不告知锁的变化</translation>
    </message>
    <message>
        <source>%1, missing %2</source>
        <translation>%1，缺少 %2</translation>
    </message>
    <message>
        <source>Locks themselves do not need it. A watch then cannot tell released from expired, and where it has to poll, short locks are not seen.</source>
        <translation>锁本身不需要它。但监视因此无法区分释放和过期；若只能轮询，则看不到短暂的锁。</translation>
    </message>
    <message>
        <source>Switch on the classes that locks need. Each write then costs the server a little more; the setting is gone after a restart unless it is written to the file.</source>
        <translation>打开锁所需的类别。每次写入的开销会略有增加；若不写入配置文件，重启后设置会消失。</translation>
    </message>
    <message>
        <source>appendonly yes, appendfsync %1</source>
        <translation>appendonly yes，appendfsync %1</translation>
    </message>
    <message>
        <source>appendonly yes, appendfsync not told</source>
        <translation>appendonly yes，appendfsync 未告知</translation>
    </message>
    <message>
        <source>What a restart forgets</source>
        <translation>重启会忘记什么</translation>
    </message>
    <message>
        <source>A loss of power may forget the newest locks of a quorum</source>
        <translation>断电可能使法定人数组忘记最新的锁</translation>
    </message>
    <message>
        <source>Locks survive a restart</source>
        <translation>重启后锁仍在</translation>
    </message>
    <message>
        <source>A master that comes back without a lock that it had granted lets a second client reach a quorum while the first still holds it.</source>
        <translation>主节点恢复后若丢失了已授予的锁，会让第二个客户端在第一个仍持有时达到法定人数。</translation>
    </message>
    <message>
        <source>Write every lock to the disk before it is granted, or keep a crashed master away for longer than the longest TTL before it starts again.</source>
        <translation>在授予每个锁之前先写入磁盘，或让崩溃的主节点停止的时间超过最长的 TTL 后再启动。</translation>
    </message>
    <message>
        <source>A restart forgets locks</source>
        <translation>重启会忘记锁</translation>
    </message>
    <message>
        <source>appendonly no, save %1: only what the last snapshot has comes back</source>
        <translation>appendonly no，save %1：只有最后一个快照中的内容会恢复</translation>
    </message>
    <message>
        <source>appendonly no, no snapshots: the server comes back empty</source>
        <translation>appendonly no，没有快照：服务器恢复后是空的</translation>
    </message>
    <message>
        <source>appendonly no, snapshots not told</source>
        <translation>appendonly no，快照未告知</translation>
    </message>
    <message>
        <source>After a crash the lock is free at once, while its holder still works: two holders.</source>
        <translation>崩溃后锁立即空闲，而持有者仍在工作：出现两个持有者。</translation>
    </message>
    <message>
        <source>Switch the append-only file on, or keep a crashed server away for longer than the longest TTL before it starts again.</source>
        <translation>打开追加日志文件，或让崩溃的服务器停止的时间超过最长的 TTL 后再启动。</translation>
    </message>
    <message>
        <source>The server refuses writes because saving fails</source>
        <translation>因保存失败，服务器拒绝写入</translation>
    </message>
    <message>
        <source>No lock can be taken, extended or released until saving works again (MISCONF).</source>
        <translation>在保存恢复正常之前，无法获取、延长或释放任何锁（MISCONF）。</translation>
    </message>
    <message>
        <source>Look into the server&apos;s log: usually the disk is full or not writable.</source>
        <translation>查看服务器日志：通常是磁盘已满或不可写。</translation>
    </message>
    <message>
        <source>%1 of %2 masters answer, the quorum is %3</source>
        <translation>%2 个主节点中 %1 个应答，法定人数为 %3</translation>
    </message>
    <message>
        <source>There is no quorum</source>
        <translation>没有达到法定人数</translation>
    </message>
    <message>
        <source>No lock can be taken, and none can be told from a minority.</source>
        <translation>无法获取任何锁，也无法将其与少数派区分。</translation>
    </message>
    <message>
        <source>Bring masters back until more than half of them answer.</source>
        <translation>恢复主节点，直到过半数应答。</translation>
    </message>
    <message>
        <source>The quorum has an even number of masters</source>
        <translation>法定人数组的主节点数为偶数</translation>
    </message>
    <message>
        <source>%1 masters bear no more failures than %2, and votes can be split in halves.</source>
        <translation>%1 个主节点所能承受的故障并不比 %2 个多，而且票数可能对半分。</translation>
    </message>
    <message>
        <source>Use an odd number of masters: three or five.</source>
        <translation>使用奇数个主节点：三个或五个。</translation>
    </message>
    <message>
        <source>The masters form a quorum</source>
        <translation>主节点构成法定人数</translation>
    </message>
    <message>
        <source>Two masters are the same server</source>
        <translation>两个主节点是同一台服务器</translation>
    </message>
    <message>
        <source>the same run_id at %1</source>
        <translation>%1 的 run_id 相同</translation>
    </message>
    <message>
        <source>One server votes twice, so that a majority is none.</source>
        <translation>一台服务器投了两次票，多数就不成立。</translation>
    </message>
    <message>
        <source>Name each independent server once.</source>
        <translation>每台独立的服务器只写一次。</translation>
    </message>
    <message>
        <source>Most masters are on one machine</source>
        <translation>多数主节点在同一台机器上</translation>
    </message>
    <message>
        <source>%1 of %2 at %3</source>
        <translation>%2 个中有 %1 个在 %3</translation>
    </message>
    <message>
        <source>They fail together: when that machine restarts, a majority forgets at once.</source>
        <translation>它们会一起失效：那台机器重启时，多数会同时忘记。</translation>
    </message>
    <message>
        <source>Put the masters on machines that fail independently.</source>
        <translation>请将主节点放在互不影响的机器上。</translation>
    </message>
    <message>
        <source>The server does not tell of itself</source>
        <translation>服务器不告知自身的情况</translation>
    </message>
    <message>
        <source>A server cannot be reached</source>
        <translation>有服务器无法连接</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>The quorum needs more than half of its masters; each one that is away brings it closer to refusing every lock.</source>
        <translation>法定人数需要过半数主节点；每少一个，就更接近于拒绝所有锁。</translation>
    </message>
    <message>
        <source>Locks on this server can neither be taken nor released.</source>
        <translation>此服务器上的锁既不能获取也不能释放。</translation>
    </message>
    <message>
        <source>Bring the server back, or take it out of the deployment.</source>
        <translation>恢复该服务器，或将其移出部署。</translation>
    </message>
    <message>
        <source>The server is loading its data</source>
        <translation>服务器正在加载数据</translation>
    </message>
    <message>
        <source>INFO says loading:1</source>
        <translation>INFO 显示 loading:1</translation>
    </message>
    <message>
        <source>Until it is through, no lock can be taken, extended or released.</source>
        <translation>完成之前无法获取、延长或释放任何锁。</translation>
    </message>
    <message>
        <source>Wait until it has loaded, then examine it again.</source>
        <translation>等待加载完成，然后再次检查。</translation>
    </message>
    <message>
        <source>Replicas and failover</source>
        <translation>副本与故障转移</translation>
    </message>
    <message>
        <source>This is a replica, no master</source>
        <translation>这是副本，不是主节点</translation>
    </message>
    <message>
        <source>role %1, master_link_status %2, last word of the master %3 s ago</source>
        <translation>角色 %1，master_link_status %2，主节点上次的消息在 %3 秒前</translation>
    </message>
    <message>
        <source>A replica takes no locks, shows them late, and never lets them expire by itself.</source>
        <translation>副本不接受锁，显示有延迟，也从不自行使锁过期。</translation>
    </message>
    <message>
        <source>Connect to its master, or by redis-sentinel:// or redis-cluster://.</source>
        <translation>请连接到其主节点，或使用 redis-sentinel:// 或 redis-cluster://。</translation>
    </message>
    <message>
        <source>The master is independent</source>
        <translation>主节点是独立的</translation>
    </message>
    <message>
        <source>no replicas</source>
        <translation>没有副本</translation>
    </message>
    <message>
        <source>There is no replica</source>
        <translation>没有副本</translation>
    </message>
    <message>
        <source>connected_slaves 0</source>
        <translation>connected_slaves 0</translation>
    </message>
    <message>
        <source>When this server is away, no lock can be taken or released, and nothing takes over.</source>
        <translation>此服务器不在时，无法获取或释放任何锁，也没有接管者。</translation>
    </message>
    <message>
        <source>Give this master a replica.</source>
        <translation>为此主节点增加一个副本。</translation>
    </message>
    <message>
        <source>Nothing, if a pause of all locks is acceptable when the server fails.</source>
        <translation>若可接受服务器故障时所有锁暂停，则无需处理。</translation>
    </message>
    <message>
        <source>A master of the quorum has replicas</source>
        <translation>法定人数组的主节点有副本</translation>
    </message>
    <message>
        <source>A failover may lose the newest locks</source>
        <translation>故障转移可能丢失最新的锁</translation>
    </message>
    <message>
        <source>%1 replicas, replication is asynchronous</source>
        <translation>%1 个副本，复制是异步的</translation>
    </message>
    <message>
        <source>If a replica takes over that lacks a lock, this vote is lost or given twice; Redlock counts on masters that fail alone.</source>
        <translation>若接管的副本缺少某个锁，这一票就会丢失或投两次；Redlock 依赖于各自独立失效的主节点。</translation>
    </message>
    <message>
        <source>A lock is granted before any replica has it. If the master dies then, the replica that takes over grants it again: two holders.</source>
        <translation>锁在任何副本得到之前就已授予。若主节点此时失效，接管的副本会再次授予：出现两个持有者。</translation>
    </message>
    <message>
        <source>Let the masters of a quorum have no automatic failover.</source>
        <translation>不要让法定人数组的主节点自动故障转移。</translation>
    </message>
    <message>
        <source>After taking a lock that matters, wait for a replica and give the lock back if none answers; or guard the resource with fencing tokens; or use a quorum of independent masters.</source>
        <translation>获取重要的锁之后等待副本确认，无应答则归还锁；或用栅栏令牌保护资源；或使用由独立主节点组成的法定人数组。</translation>
    </message>
    <message>
        <source>The server refuses writes</source>
        <translation>服务器拒绝写入</translation>
    </message>
    <message>
        <source>min-replicas-to-write %1, good replicas %2</source>
        <translation>min-replicas-to-write %1，正常的副本 %2</translation>
    </message>
    <message>
        <source>Locks can be neither taken nor released (NOREPLICAS); they only run out.</source>
        <translation>锁既不能获取也不能释放（NOREPLICAS），只能等待到期。</translation>
    </message>
    <message>
        <source>Bring the replicas back, or lower the minimum for as long as they are away.</source>
        <translation>恢复副本，或在其不在期间降低最小值。</translation>
    </message>
    <message>
        <source>Whether an isolated master goes on granting locks</source>
        <translation>被隔离的主节点是否继续授予锁</translation>
    </message>
    <message>
        <source>An isolated master stops granting locks</source>
        <translation>被隔离的主节点会停止授予锁</translation>
    </message>
    <message>
        <source>An isolated master goes on granting locks</source>
        <translation>被隔离的主节点会继续授予锁</translation>
    </message>
    <message>
        <source>A master that is cut off grants locks while its successor grants the same ones, until it hears that it was replaced.</source>
        <translation>被切断的主节点在得知自己被取代之前仍会授予锁，而其后继者也在授予同样的锁。</translation>
    </message>
    <message>
        <source>Let it refuse writes without a replica. The price: without replicas locks can neither be taken nor released.</source>
        <translation>让它在没有副本时拒绝写入。代价：没有副本时锁既不能获取也不能释放。</translation>
    </message>
    <message>
        <source>%1: %2, %3 s and %4 behind</source>
        <translation>%1：%2，落后 %3 秒、%4</translation>
    </message>
    <message>
        <source>online</source>
        <translation>在线</translation>
    </message>
    <message>
        <source>not online</source>
        <translation>不在线</translation>
    </message>
    <message>
        <source>Replicas are behind</source>
        <translation>副本落后</translation>
    </message>
    <message>
        <source>What a replica has not heard is lost if it takes over: locks that were granted since, and releases, too.</source>
        <translation>副本接管时，它没有收到的内容会丢失：其后授予的锁，以及释放。</translation>
    </message>
    <message>
        <source>Look at the network and the load of the replicas.</source>
        <translation>查看副本的网络和负载。</translation>
    </message>
    <message>
        <source>What this user may do</source>
        <translation>此用户可以做什么</translation>
    </message>
    <message>
        <source>This user may watch locks</source>
        <translation>此用户可以监视锁</translation>
    </message>
    <message>
        <source>user %1, by ACL DRYRUN</source>
        <translation>用户 %1（ACL DRYRUN）</translation>
    </message>
    <message>
        <source>This user may not watch all of a lock</source>
        <translation>此用户无法看到锁的全部</translation>
    </message>
    <message>
        <source>user %1 has not %2</source>
        <translation>用户 %1 没有 %2</translation>
    </message>
    <message>
        <source>What is not permitted is not seen: locks, holders or their ends may be missing in the picture.</source>
        <translation>不允许的就看不到：画面中可能缺少锁、持有者或其结束。</translation>
    </message>
    <message>
        <source>Grant what is missing.</source>
        <translation>授予所缺的权限。</translation>
    </message>
    <message>
        <source>This user may take and release locks</source>
        <translation>此用户可以获取和释放锁</translation>
    </message>
    <message>
        <source>This user may not take or release locks</source>
        <translation>此用户不能获取或释放锁</translation>
    </message>
    <message>
        <source>As an observer it need not. In an incident it could not end a stuck lock.</source>
        <translation>作为观察者不需要。但发生事故时它无法结束卡住的锁。</translation>
    </message>
    <message>
        <source>Grant what is missing, to operators only.</source>
        <translation>授予所缺的权限，仅限操作者。</translation>
    </message>
    <message>
        <source>This user may do more than locks need</source>
        <translation>此用户的权限超出锁的需要</translation>
    </message>
    <message>
        <source>user %1 may FLUSHALL</source>
        <translation>用户 %1 可以 FLUSHALL</translation>
    </message>
    <message>
        <source>A slip of the hand, or a stolen password, can end every lock.</source>
        <translation>一次失误或密码被盗就可能结束所有锁。</translation>
    </message>
    <message>
        <source>Use a user of its own with the rights of an observer or an operator: Lockscope&apos;s README has both.</source>
        <translation>请使用专用用户，授予观察者或操作者的权限：Lockscope 的 README 中两者都有。</translation>
    </message>
    <message>
        <source>The limit for slow scripts</source>
        <translation>慢脚本的限制</translation>
    </message>
    <message>
        <source>A script that hangs can be killed</source>
        <translation>挂起的脚本可以终止</translation>
    </message>
    <message>
        <source>A script that hangs cannot be killed</source>
        <translation>挂起的脚本无法终止</translation>
    </message>
    <message>
        <source>A script may hang for long before it can be killed</source>
        <translation>脚本可能挂起很久才能终止</translation>
    </message>
    <message>
        <source>Until the limit is over, the server answers nobody, and SCRIPT KILL is not heard: locks expire meanwhile.</source>
        <translation>在限制时间之前，服务器不应答任何人，也听不到 SCRIPT KILL：其间锁会过期。</translation>
    </message>
    <message>
        <source>Set the usual limit of five seconds, or less.</source>
        <translation>设置通常的五秒或更短。</translation>
    </message>
    <message>
        <source>%1 keys, all of them looked at</source>
        <translation>%1 个键，全部看过</translation>
    </message>
    <message>
        <source>a sample: %1 of about %2 keys, %3 of them read</source>
        <translation>样本：约 %2 个键中的 %1 个，其中读取了 %3 个</translation>
    </message>
    <message>
        <source>Locks without a TTL</source>
        <translation>没有 TTL 的锁</translation>
    </message>
    <message>
        <source>No locks were seen</source>
        <translation>没有看到锁</translation>
    </message>
    <message>
        <source>All locks that were seen have a TTL</source>
        <translation>看到的锁都有 TTL</translation>
    </message>
    <message>
        <source>%1 locks in %2</source>
        <translation>%1 个锁；%2</translation>
    </message>
    <message>
        <source>%1 of %2 locks: %3; in %4</source>
        <translation>%2 个锁中的 %1 个：%3；%4</translation>
    </message>
    <message>
        <source>If its holder dies, such a lock stays for ever, and everybody waits for it.</source>
        <translation>若持有者死亡，这样的锁会永远留下，所有人都在等待。</translation>
    </message>
    <message>
        <source>Let the library set a TTL when it takes the lock. A lock that is stuck now can be given one in Lockscope: force-release, act add-ttl.</source>
        <translation>让库在获取锁时设置 TTL。现在卡住的锁可以在 Lockscope 中补上：强制释放，操作 add-ttl。</translation>
    </message>
    <message>
        <source>Known security faults</source>
        <translation>已知安全漏洞</translation>
    </message>
    <message>
        <source>%1: Lockscope has no list of faults for it</source>
        <translation>%1：Lockscope 没有它的漏洞列表</translation>
    </message>
    <message>
        <source>Look at the advisories of whoever makes it.</source>
        <translation>请查看其制造者的公告。</translation>
    </message>
    <message>
        <source>No known security fault concerns this version</source>
        <translation>没有涉及此版本的已知安全漏洞</translation>
    </message>
    <message>
        <source>%1; the list goes from %2 to %3</source>
        <translation>%1；列表从 %2 到 %3</translation>
    </message>
    <message>
        <source>This version has known security faults</source>
        <translation>此版本有已知安全漏洞</translation>
    </message>
    <message>
        <source>%1. Locks are released by scripts, so that EVAL cannot simply be forbidden.</source>
        <translation>%1。锁靠脚本释放，因此不能简单地禁止 EVAL。</translation>
    </message>
    <message>
        <source>Update to %1 or later of this branch. A distribution or a service may have mended them without changing the version: look into the change log of its package.</source>
        <translation>请更新到该分支的 %1 或更高版本。发行版或服务商可能已修补而未改变版本号：请查看其软件包的变更日志。</translation>
    </message>
    <message>
        <source>No release of this branch has the fixes: change to a newer one. A distribution or a service may have mended them without changing the version: look into the change log of its package.</source>
        <translation>该分支没有包含修补的版本：请换用更新的分支。发行版或服务商可能已修补而未改变版本号：请查看其软件包的变更日志。</translation>
    </message>
    <message>
        <source>an answer larger than %1 kB</source>
        <translation>大于 %1 kB 的应答</translation>
    </message>
    <message>
        <source>a Lua script may run code on the server</source>
        <translation>Lua 脚本可能在服务器上运行代码</translation>
    </message>
    <message>
        <source>a Lua script may act for another user</source>
        <translation>Lua 脚本可能以其他用户的身份操作</translation>
    </message>
    <message>
        <source>a Lua script may read foreign memory or crash the server</source>
        <translation>Lua 脚本可能读取他处内存或使服务器崩溃</translation>
    </message>
    <message>
        <source>a user may run code on the server</source>
        <translation>用户可能在服务器上运行代码</translation>
    </message>
    <message>
        <source>anybody who reaches the server may exhaust its memory without a password</source>
        <translation>能连到服务器的任何人无需密码就可能耗尽其内存</translation>
    </message>
    <message>
        <source>anybody who reaches the server may keep others from connecting</source>
        <translation>能连到服务器的任何人可能使他人无法连接</translation>
    </message>
    <message>
        <source>with TLS, anybody who reaches the server may run code on it</source>
        <translation>使用 TLS 时，能连到服务器的任何人可能在其上运行代码</translation>
    </message>
    <message>
        <source>The Sentinels can agree on a failover</source>
        <translation>各 Sentinel 能够就故障转移达成一致</translation>
    </message>
    <message>
        <source>Whether the Sentinels can agree on a failover</source>
        <translation>各 Sentinel 能否就故障转移达成一致</translation>
    </message>
    <message>
        <source>The Sentinels cannot agree on a failover</source>
        <translation>各 Sentinel 无法就故障转移达成一致</translation>
    </message>
    <message>
        <source>Some Sentinels cannot reach the others</source>
        <translation>部分 Sentinel 联系不上其他 Sentinel</translation>
    </message>
    <message>
        <source>If the master dies now, no replica takes over: no lock can be taken or released until somebody steps in.</source>
        <translation>如果主节点此刻宕机，没有副本会接管：在有人介入之前，任何锁都无法获取或释放。</translation>
    </message>
    <message>
        <source>Bring the missing Sentinels back: more than half of all that were ever known must be reachable, and as many as the quorum says. Those that are gone for good have to be forgotten (on each Sentinel, one after the other).</source>
        <translation>恢复缺失的 Sentinel：所有曾经已知的 Sentinel 中须有过半数可达，并且达到法定人数。永久离开的必须被遗忘（在每个 Sentinel 上逐一进行）。</translation>
    </message>
    <message>
        <source>A Sentinel of the URI cannot be reached</source>
        <translation>URI 中有一个 Sentinel 无法到达</translation>
    </message>
    <message>
        <source>Clients that are told the same addresses find the master through the others only, and a failover has one vote less.</source>
        <translation>配置了相同地址的客户端只能通过其他 Sentinel 找到主节点，故障转移也少了一票。</translation>
    </message>
    <message>
        <source>Bring it back, or correct the address.</source>
        <translation>将其恢复，或更正地址。</translation>
    </message>
</context>
<context>
    <name>lockscope::DoctorPage</name>
    <message>
        <source>Doctor</source>
        <translation>诊断</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Progress of the examination</source>
        <translation>检查的进度</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>Examine &amp;again</source>
        <translation>再次检查(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Copy as text</source>
        <translation>复制为文本(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>Examine the deployment again now (F5)</source>
        <translation>立即再次检查部署（F5）</translation>
    </message>
    <message>
        <source>Show or hide: %1</source>
        <translation>显示或隐藏：%1</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>What the server allows, and what is lost where it does not</source>
        <translation>服务器允许什么，以及不允许时会失去什么</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>停止(&amp;S)</translation>
    </message>
    <message>
        <source>Ex&amp;amine</source>
        <translation>检查(&amp;A)</translation>
    </message>
    <message>
        <source>Asking the server, and looking at a sample of its keys…</source>
        <translation>正在询问服务器并查看其键的样本…</translation>
    </message>
    <message>
        <source>Not examined yet. The examination only reads, and takes a few seconds.</source>
        <translation>尚未检查。检查只读取，需要几秒钟。</translation>
    </message>
    <message>
        <source>There is no connection to examine.</source>
        <translation>没有可检查的连接。</translation>
    </message>
    <message>
        <source>%1. Examined at %2.</source>
        <translation>%1。检查于 %2。</translation>
    </message>
    <message>
        <source>Save the findings</source>
        <translation>保存结果</translation>
    </message>
    <message>
        <source>Text (*.txt);;JSON (*.json)</source>
        <translation>文本 (*.txt);;JSON (*.json)</translation>
    </message>
</context>
<context>
    <name>lockscope::DoctorReport</name>
    <message>
        <source>all %1 servers</source>
        <translation>全部 %1 台服务器</translation>
    </message>
    <message>
        <source>seen:</source>
        <translation>所见：</translation>
    </message>
    <message>
        <source>why:</source>
        <translation>原因：</translation>
    </message>
    <message>
        <source>mend:</source>
        <translation>修正：</translation>
    </message>
    <message>
        <source>more:</source>
        <translation>更多：</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>Worth knowing</source>
        <translation>值得了解</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Serious</source>
        <translation>严重</translation>
    </message>
    <message>
        <source>Could not be checked</source>
        <translation>无法检查</translation>
    </message>
    <message>
        <source>allowed</source>
        <translation>允许</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>没有</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>serious: %1</source>
        <translation>严重：%1</translation>
    </message>
    <message>
        <source>warnings: %1</source>
        <translation>警告：%1</translation>
    </message>
    <message>
        <source>could not be checked: %1</source>
        <translation>无法检查：%1</translation>
    </message>
    <message>
        <source>worth knowing: %1</source>
        <translation>值得了解：%1</translation>
    </message>
    <message>
        <source>good: %1</source>
        <translation>正常：%1</translation>
    </message>
    <message>
        <source>does not tell what it is</source>
        <translation>不告知自己是什么</translation>
    </message>
    <message>
        <source>Is it safe for locks? %1</source>
        <translation>对锁是否安全？%1</translation>
    </message>
    <message>
        <source>What is not allowed here, and what that costs</source>
        <translation>这里不允许什么，以及代价</translation>
    </message>
    <message>
        <source>%1; in %2</source>
        <translation>%1；用时 %2</translation>
    </message>
</context>
<context>
    <name>lockscope::DurationEdit</name>
    <message>
        <source>ms</source>
        <translation>毫秒</translation>
    </message>
    <message>
        <source>s</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>min</source>
        <translation>分</translation>
    </message>
    <message>
        <source>Unit of %1</source>
        <translation>%1的单位</translation>
    </message>
</context>
<context>
    <name>lockscope::DurationText</name>
    <message>
        <source>%1 s</source>
        <comment>seconds with one decimal</comment>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 m %2 s</source>
        <translation>%1 分 %2 秒</translation>
    </message>
    <message>
        <source>%1 h %2 m</source>
        <translation>%1 时 %2 分</translation>
    </message>
    <message>
        <source>%1 d %2 h</source>
        <translation>%1 天 %2 时</translation>
    </message>
</context>
<context>
    <name>lockscope::EmptyText</name>
    <message>
        <source>Connecting…</source>
        <translation>正在连接…</translation>
    </message>
    <message>
        <source>The connection is lost; trying again by itself</source>
        <translation>连接已断开；正在自动重试</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>Choose a server with Connect (Ctrl+O).</source>
        <translation>请用“连接”（Ctrl+O）选择服务器。</translation>
    </message>
    <message>
        <source>No lock matches the filter</source>
        <translation>没有锁符合筛选条件</translation>
    </message>
    <message>
        <source>Esc in the filter box clears it.</source>
        <translation>在筛选框中按 Esc 可清除筛选。</translation>
    </message>
    <message>
        <source>Reading the key space…</source>
        <translation>正在读取键空间…</translation>
    </message>
    <message>
        <source>No lock was found so far.</source>
        <translation>目前尚未发现锁。</translation>
    </message>
    <message>
        <source>No locks at the moment</source>
        <translation>当前没有锁</translation>
    </message>
    <message>
        <source>The sandbox is private to this window: take one yourself with Acquire (Ctrl+N).</source>
        <translation>沙箱只属于此窗口：可用“获取”（Ctrl+N）自己取得一把锁。</translation>
    </message>
    <message>
        <source>The whole key space was read. Locks with unusual names can be named with --match, for example --match &apos;app:mutex:*&apos;.</source>
        <translation>已读取整个键空间。名称特殊的锁可用 --match 指定，例如 --match &apos;app:mutex:*&apos;。</translation>
    </message>
    <message>
        <source>To see how it looks, open the sandbox: lockscope --sandbox.</source>
        <translation>想看看实际效果，可打开沙箱：lockscope --sandbox。</translation>
    </message>
    <message>
        <source>No locks</source>
        <translation>没有锁</translation>
    </message>
    <message>
        <source>The server cannot be reached; trying again by itself</source>
        <translation>无法连上服务器；正在自动重试</translation>
    </message>
    <message>
        <source>Sorting…</source>
        <translation>正在排序…</translation>
    </message>
    <message>
        <source>Changes are not heard, so that short holds can be missed between two passes.</source>
        <translation>听不到变化，因此两次扫描之间可能错过短暂的持有。</translation>
    </message>
</context>
<context>
    <name>lockscope::EnvironmentStrip</name>
    <message>
        <source>PRODUCTION</source>
        <translation>生产环境</translation>
    </message>
    <message>
        <source>STAGING</source>
        <translation>预发布环境</translation>
    </message>
    <message>
        <source>DEVELOPMENT</source>
        <translation>开发环境</translation>
    </message>
</context>
<context>
    <name>lockscope::ErrorText</name>
    <message>
        <source>wrong usage</source>
        <translation>用法错误</translation>
    </message>
    <message>
        <source>host not found</source>
        <translation>找不到主机</translation>
    </message>
    <message>
        <source>cannot connect</source>
        <translation>无法连接</translation>
    </message>
    <message>
        <source>TLS failed</source>
        <translation>TLS 失败</translation>
    </message>
    <message>
        <source>not authenticated</source>
        <translation>未通过身份验证</translation>
    </message>
    <message>
        <source>permission denied</source>
        <translation>权限不足</translation>
    </message>
    <message>
        <source>no answer in time</source>
        <translation>未在时限内应答</translation>
    </message>
    <message>
        <source>connection lost</source>
        <translation>连接已断开</translation>
    </message>
    <message>
        <source>not a Redis reply</source>
        <translation>不是 Redis 应答</translation>
    </message>
    <message>
        <source>the server refused</source>
        <translation>服务器拒绝执行</translation>
    </message>
    <message>
        <source>this connection is read-only</source>
        <translation>此连接为只读</translation>
    </message>
    <message>
        <source>the server takes no writes</source>
        <translation>服务器不接受写入</translation>
    </message>
    <message>
        <source>the server is not ready</source>
        <translation>服务器尚未就绪</translation>
    </message>
    <message>
        <source>the server is busy</source>
        <translation>服务器正忙</translation>
    </message>
    <message>
        <source>the server is out of memory</source>
        <translation>服务器内存不足</translation>
    </message>
    <message>
        <source>not supported</source>
        <translation>不支持</translation>
    </message>
    <message>
        <source>the lock is not held with that token</source>
        <translation>该令牌并未持有此锁</translation>
    </message>
    <message>
        <source>the lock is taken</source>
        <translation>锁已被占用</translation>
    </message>
    <message>
        <source>outcome unknown</source>
        <translation>结果未知</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>cannot write the file</source>
        <translation>无法写入文件</translation>
    </message>
    <message>
        <source>internal fault</source>
        <translation>内部错误</translation>
    </message>
    <message>
        <source>see --help</source>
        <translation>请参阅 --help</translation>
    </message>
    <message>
        <source>check the host name in the URI and the name service</source>
        <translation>请检查 URI 中的主机名和域名解析</translation>
    </message>
    <message>
        <source>check that the server runs, listens on this address, and that no firewall is in between</source>
        <translation>请检查服务器是否在运行、是否监听此地址，以及中间是否有防火墙</translation>
    </message>
    <message>
        <source>check the certificate, cacert= and the host name; a plain port needs redis:// instead of rediss://</source>
        <translation>请检查证书、cacert= 和主机名；未加密的端口应使用 redis:// 而不是 rediss://</translation>
    </message>
    <message>
        <source>give user and password in the URI, in $REDISCLI_AUTH or with --password-file</source>
        <translation>请在 URI 中、$REDISCLI_AUTH 中或用 --password-file 提供用户名和密码</translation>
    </message>
    <message>
        <source>ask for the missing ACL rule; the README lists what an observer and an operator need</source>
        <translation>请申请缺少的 ACL 规则；README 列出了观察者和操作者所需的规则</translation>
    </message>
    <message>
        <source>the server may be blocked or stopped; try a longer --timeout</source>
        <translation>服务器可能被阻塞或已停止；可尝试更长的 --timeout</translation>
    </message>
    <message>
        <source>nothing was changed; try again when the connection is back</source>
        <translation>没有任何更改；请在连接恢复后重试</translation>
    </message>
    <message>
        <source>check that host and port are those of a Redis server</source>
        <translation>请检查主机和端口是否属于 Redis 服务器</translation>
    </message>
    <message>
        <source>the text above is the server&apos;s own</source>
        <translation>以上文字由服务器给出</translation>
    </message>
    <message>
        <source>nothing was sent; start without --read-only to write</source>
        <translation>没有发送任何命令；需要写入时请不带 --read-only 启动</translation>
    </message>
    <message>
        <source>connect to the master, or wait for its replicas</source>
        <translation>请连接主节点，或等待其副本</translation>
    </message>
    <message>
        <source>wait until the server has loaded its data or found its master</source>
        <translation>请等待服务器载入数据或找到其主节点</translation>
    </message>
    <message>
        <source>a script blocks the server; SCRIPT KILL ends one that wrote nothing</source>
        <translation>有脚本阻塞了服务器；SCRIPT KILL 可以结束尚未写入的脚本</translation>
    </message>
    <message>
        <source>locks can still be released; acquiring needs free memory</source>
        <translation>仍可释放锁；获取锁需要空闲内存</translation>
    </message>
    <message>
        <source>see the README for what this version can do</source>
        <translation>此版本的功能请参阅 README</translation>
    </message>
    <message>
        <source>look who holds it now before you act</source>
        <translation>操作之前请先查看它现在由谁持有</translation>
    </message>
    <message>
        <source>wait with --wait, or ask the holder</source>
        <translation>请用 --wait 等待，或询问持有者</translation>
    </message>
    <message>
        <source>the command may have run; look at the lock before you decide, it was not sent again</source>
        <translation>命令可能已经执行；决定之前请先查看该锁，命令没有重发</translation>
    </message>
    <message>
        <source>start it again if you still need it</source>
        <translation>如果仍然需要，请重新开始</translation>
    </message>
    <message>
        <source>check free space and permissions</source>
        <translation>请检查可用空间和权限</translation>
    </message>
    <message>
        <source>please report it with the log</source>
        <translation>请附上日志报告此问题</translation>
    </message>
    <message>
        <source>writes to production are not armed</source>
        <translation>生产环境的写入未解锁</translation>
    </message>
    <message>
        <source>the lease is over</source>
        <translation>租约已结束</translation>
    </message>
    <message>
        <source>no quorum</source>
        <translation>未达法定数</translation>
    </message>
    <message>
        <source>nothing was sent; arm the writes first: --arm, or Arm writes in the window</source>
        <translation>没有发送任何内容；请先解锁写入：--arm，或窗口中的“解锁写入”</translation>
    </message>
    <message>
        <source>somebody else may hold the lock by now; choose a longer TTL, or renew earlier</source>
        <translation>锁可能已被他人持有；请选择更长的 TTL 或更早续期</translation>
    </message>
    <message>
        <source>bring the masters back that failed; more than half of them must answer</source>
        <translation>请恢复失效的主节点；必须有超过半数应答</translation>
    </message>
    <message>
        <source>there is no such key</source>
        <translation>没有这个键</translation>
    </message>
    <message>
        <source>cannot read the file</source>
        <translation>无法读取文件</translation>
    </message>
    <message>
        <source>nobody holds it: it was released, has expired, or has another name or database</source>
        <translation>无人持有：已释放、已过期，或名称或数据库不同</translation>
    </message>
    <message>
        <source>check its name and its permissions</source>
        <translation>请检查文件名和权限</translation>
    </message>
    <message>
        <source>ssh failed</source>
        <translation>ssh 失败</translation>
    </message>
    <message>
        <source>try ssh by hand to the same host: it must get in without a question (agent, key, known host)</source>
        <translation>请手动用 ssh 连接同一主机：必须无需询问即可登录（代理、密钥、已知主机）</translation>
    </message>
</context>
<context>
    <name>lockscope::FamiliesDialog</name>
    <message>
        <source>&amp;Save</source>
        <translation>保存（&amp;S）</translation>
    </message>
    <message>
        <source>&amp;Revert</source>
        <translation>还原（&amp;R）</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>关闭（&amp;C）</translation>
    </message>
    <message>
        <source>Lock families</source>
        <translation>锁家族</translation>
    </message>
    <message>
        <source>&amp;All families</source>
        <translation>所有家族（&amp;A）</translation>
    </message>
    <message>
        <source>&amp;Your declarations</source>
        <translation>您的声明（&amp;Y）</translation>
    </message>
    <message>
        <source>Find a library, a family or a key</source>
        <translation>查找库、家族或键</translation>
    </message>
    <message>
        <source>All families</source>
        <translation>所有家族</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>家族</translation>
    </message>
    <message>
        <source>From</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Libraries</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Faults</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>built in</source>
        <translation>内置</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>Lease and renewal</source>
        <translation>租约与续约</translation>
    </message>
    <message>
        <source>Force-release</source>
        <translation>强制释放</translation>
    </message>
    <message>
        <source>The holder afterwards</source>
        <translation>之后的持有者</translation>
    </message>
    <message>
        <source>This file is no UTF-8 text: it cannot be edited here.</source>
        <translation>此文件不是 UTF-8 文本：无法在此编辑。</translation>
    </message>
    <message>
        <source>There is no families file yet.</source>
        <translation>还没有家族文件。</translation>
    </message>
    <message>
        <source>Saving makes one. The examples do nothing while they are comments.</source>
        <translation>保存即可创建。示例在注释状态下不起作用。</translation>
    </message>
    <message>
        <source>Line %1: %2</source>
        <translation>第 %1 行：%2</translation>
    </message>
    <message numerus="yes">
        <source>Saved; %Ln families of yours are in use.</source>
        <translation>
            <numerusform>已保存；您的 %Ln 个家族已投入使用。</numerusform>
        </translation>
    </message>
    <message>
        <source>The file has been changed by somebody else meanwhile.</source>
        <translation>文件已被他人更改。</translation>
    </message>
    <message>
        <source>Save replaces it with what stands here; Revert shows it.</source>
        <translation>“保存”会以此处内容替换文件；“还原”会显示文件内容。</translation>
    </message>
    <message>
        <source>Mend the faults first: a file with faults would not be used</source>
        <translation>请先改正错误：有错误的文件不会被使用</translation>
    </message>
    <message>
        <source>Writes the file and puts it to use (%1)</source>
        <translation>写入文件并投入使用（%1）</translation>
    </message>
    <message>
        <source>Your changes are not saved.</source>
        <translation>您的更改尚未保存。</translation>
    </message>
    <message>
        <source>Save keeps them; closing once more throws them away.</source>
        <translation>“保存”会保留更改；再次关闭则会丢弃更改。</translation>
    </message>
</context>
<context>
    <name>lockscope::FamilyFile</name>
    <message>
        <source>the key has another type</source>
        <translation>键是另一种类型</translation>
    </message>
    <message>
        <source>the token does not look as it was declared</source>
        <translation>令牌与所声明的形式不符</translation>
    </message>
    <message>
        <source>no holder where it was declared</source>
        <translation>声明的位置没有持有者</translation>
    </message>
    <message>
        <source>the key has no TTL</source>
        <translation>键没有 TTL</translation>
    </message>
    <message>
        <source>the key has a TTL</source>
        <translation>键有 TTL</translation>
    </message>
    <message>
        <source>the value is too long for a token</source>
        <translation>值太长，不可能是令牌</translation>
    </message>
    <message>
        <source>the file is larger than 1 MiB</source>
        <translation>文件大于 1 MiB</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is a built-in family: choose another name</source>
        <translation>“%1”是内置家族：请另选名称</translation>
    </message>
    <message>
        <source>there is no family &apos;%1&apos;</source>
        <translation>没有家族“%1”</translation>
    </message>
    <message>
        <source>the line is longer than 8192 bytes</source>
        <translation>此行超过 8192 字节</translation>
    </message>
    <message>
        <source>a section is [family NAME] or [owner NAME]; a name has up to 40 letters, digits, -, _ and .</source>
        <translation>小节应为 [family NAME] 或 [owner NAME]；名称最多 40 个字母、数字、-、_ 和 .</translation>
    </message>
    <message>
        <source>the family &apos;%1&apos; is declared in line %2 already</source>
        <translation>家族“%1”已在第 %2 行声明</translation>
    </message>
    <message>
        <source>more than %1 families</source>
        <translation>家族多于 %1 个</translation>
    </message>
    <message>
        <source>a line is KEY = VALUE, [SECTION] or # a comment</source>
        <translation>一行应为 KEY = VALUE、[SECTION] 或 # 注释</translation>
    </message>
    <message>
        <source>this belongs into a section: begin with [family NAME]</source>
        <translation>这属于某个小节：请以 [family NAME] 开始</translation>
    </message>
    <message>
        <source>so many names of families were declared since the start that none is left: start anew</source>
        <translation>自启动以来声明过的家族名称太多，已无可用编号：请重新启动</translation>
    </message>
    <message>
        <source>declared in %1, line %2</source>
        <translation>在 %1 第 %2 行声明</translation>
    </message>
    <message>
        <source>unknown key &apos;%1&apos; (did you mean &apos;%2&apos;?)</source>
        <translation>未知的键“%1”（是否指“%2”？）</translation>
    </message>
    <message>
        <source>unknown key &apos;%1&apos;</source>
        <translation>未知的键“%1”</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is in line %2 already</source>
        <translation>“%1”已在第 %2 行出现</translation>
    </message>
    <message>
        <source>&apos;%1&apos; has no value</source>
        <translation>“%1”没有值</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is one of: %2</source>
        <translation>“%1”只能是：%2</translation>
    </message>
    <message>
        <source>this has to be UTF-8 of at most 500 bytes</source>
        <translation>这必须是最多 500 字节的 UTF-8</translation>
    </message>
    <message>
        <source>the regular expression: %1, at character %2</source>
        <translation>正则表达式：%1，位于第 %2 个字符</translation>
    </message>
    <message>
        <source>this matches any key: at least one character has to be literal</source>
        <translation>这会匹配任何键：至少要有一个固定字符</translation>
    </message>
    <message>
        <source>&apos;token&apos; is one of: %1, or /a regular expression/</source>
        <translation>“token”只能是：%1，或 /正则表达式/</translation>
    </message>
    <message>
        <source>&apos;confidence&apos; is a number from 0.5 to 1</source>
        <translation>“confidence”是 0.5 到 1 之间的数</translation>
    </message>
    <message>
        <source>&apos;wake-ttl&apos; is a number of milliseconds, 1 to 86400000</source>
        <translation>“wake-ttl”是毫秒数，1 到 86400000</translation>
    </message>
    <message>
        <source>the regular expression has no named group; for example: ^(?&lt;host&gt;[^:]+):(?&lt;pid&gt;\d+)$</source>
        <translation>正则表达式没有命名分组；例如：^(?&lt;host&gt;[^:]+):(?&lt;pid&gt;\d+)$</translation>
    </message>
    <message>
        <source>owner pattern of %1, line %2</source>
        <translation>%1 第 %2 行的所有者模式</translation>
    </message>
    <message>
        <source>this is the lock itself</source>
        <translation>这就是锁本身</translation>
    </message>
    <message>
        <source>this section has no &apos;pattern&apos;</source>
        <translation>此小节没有“pattern”</translation>
    </message>
    <message>
        <source>this family has no &apos;key&apos;</source>
        <translation>此家族没有“key”</translation>
    </message>
    <message>
        <source>&apos;%1&apos; goes only with %2</source>
        <translation>“%1”只能与 %2 一起使用</translation>
    </message>
    <message>
        <source>a \ at the end</source>
        <translation>末尾有一个 \</translation>
    </message>
    <message>
        <source>\x needs two hexadecimal digits</source>
        <translation>\x 需要两位十六进制数字</translation>
    </message>
    <message>
        <source>&apos;&lt;&apos; begins a placeholder like &lt;name&gt;: letters, digits, - and _; write \&lt; for the sign itself</source>
        <translation>“&lt;”开始一个占位符，如 &lt;name&gt;：字母、数字、- 和 _；要写此符号本身请用 \&lt;</translation>
    </message>
    <message>
        <source>&lt;key&gt; is the whole key: choose another name</source>
        <translation>&lt;key&gt; 是整个键：请另选名称</translation>
    </message>
    <message>
        <source>the placeholder &lt;%1&gt; stands there twice</source>
        <translation>占位符 &lt;%1&gt; 出现了两次</translation>
    </message>
    <message>
        <source>&apos;[&apos; without &apos;]&apos;; write \[ for the sign</source>
        <translation>“[”没有对应的“]”；要写此符号本身请用 \[</translation>
    </message>
    <message>
        <source>a pattern has 1 to 1024 characters</source>
        <translation>模式有 1 到 1024 个字符</translation>
    </message>
    <message>
        <source>the placeholder &lt;%1&gt; is not in every key pattern of this family; there is always &lt;key&gt;</source>
        <translation>占位符 &lt;%1&gt; 并非出现在此家族的每个键模式中；&lt;key&gt; 总是可用</translation>
    </message>
    <message>
        <source>a name is missing</source>
        <translation>缺少名称</translation>
    </message>
</context>
<context>
    <name>lockscope::FamilyPreview</name>
    <message>
        <source>matches</source>
        <translation>匹配</translation>
    </message>
    <message>
        <source>belongs to a lock of another family</source>
        <translation>属于另一家族的锁</translation>
    </message>
    <message>
        <source>%1 is surer of it</source>
        <translation>%1 更为确定</translation>
    </message>
    <message>
        <source>&amp;Look again</source>
        <translation>再次查看（&amp;L）</translation>
    </message>
    <message>
        <source>Looking for matches</source>
        <translation>正在查找匹配的键</translation>
    </message>
    <message>
        <source>Keys that the declarations match</source>
        <translation>与声明匹配的键</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>家族</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>Owner</source>
        <translation>所有者</translation>
    </message>
    <message>
        <source>TTL</source>
        <translation>TTL</translation>
    </message>
    <message>
        <source>Of the declarations before the faults:</source>
        <translation>出现错误之前的声明的结果：</translation>
    </message>
    <message>
        <source>Matches are shown when the faults are mended.</source>
        <translation>改正错误后会显示匹配的键。</translation>
    </message>
    <message>
        <source>No family is declared yet. An example: take away the # at the beginning of its lines.</source>
        <translation>尚未声明任何家族。试试示例：去掉各行开头的 #。</translation>
    </message>
    <message>
        <source>Connect to a server to see which of its keys match.</source>
        <translation>连接服务器即可查看哪些键匹配。</translation>
    </message>
    <message>
        <source>Looking at a sample of the keys…</source>
        <translation>正在查看部分键…</translation>
    </message>
    <message>
        <source>Another look has ended this one.</source>
        <translation>另一次查看结束了这一次。</translation>
    </message>
    <message>
        <source>%L1 of %L2 keys scanned</source>
        <translation>已扫描 %L2 个键中的 %L1 个</translation>
    </message>
    <message>
        <source>%L1 matching</source>
        <translation>%L1 个匹配</translation>
    </message>
    <message>
        <source>Complete: %1, %2</source>
        <translation>完整：%1，%2</translation>
    </message>
    <message>
        <source>Only a sample: %1, %2</source>
        <translation>只是抽样：%1，%2</translation>
    </message>
    <message numerus="yes">
        <source>%1 and %Ln more</source>
        <translation>
            <numerusform>%1 及另外 %Ln 个</numerusform>
        </translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>lockscope::FaultButtons</name>
    <message>
        <source>Faults by hand</source>
        <translation>手动故障</translation>
    </message>
    <message>
        <source>Do harm now:</source>
        <translation>立即制造故障：</translation>
    </message>
    <message>
        <source>While a run goes on</source>
        <translation>仅在运行进行时</translation>
    </message>
    <message>
        <source>It touches the server: only for a sandbox</source>
        <translation>会触及服务器：仅限沙箱</translation>
    </message>
    <message>
        <source>Tick “Be ready for network faults by button” before the start</source>
        <translation>请在开始前勾选“准备好用按钮制造网络故障”</translation>
    </message>
</context>
<context>
    <name>lockscope::FaultEditor</name>
    <message>
        <source>Begins at</source>
        <translation>开始于</translation>
    </message>
    <message>
        <source>at 1s</source>
        <translation>1s 时</translation>
    </message>
    <message>
        <source>Lasts for</source>
        <translation>持续</translation>
    </message>
    <message>
        <source>as usual</source>
        <translation>按惯例</translation>
    </message>
    <message>
        <source>Again every</source>
        <translation>重复间隔</translation>
    </message>
    <message>
        <source>once</source>
        <translation>一次</translation>
    </message>
    <message>
        <source>None: the run is left in peace.</source>
        <translation>无：运行不受干扰。</translation>
    </message>
    <message>
        <source>Faults of the run</source>
        <translation>本次运行的故障</translation>
    </message>
    <message>
        <source>Fault</source>
        <translation>故障</translation>
    </message>
    <message>
        <source>Further parameters</source>
        <translation>其他参数</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Put this fault on the list (Enter)</source>
        <translation>把此故障加入列表（Enter）</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Take the chosen fault off the list (Del)</source>
        <translation>把选中的故障移出列表（Del）</translation>
    </message>
    <message>
        <source>at</source>
        <translation>于</translation>
    </message>
    <message>
        <source>for</source>
        <translation>持续</translation>
    </message>
    <message>
        <source>every</source>
        <translation>每隔</translation>
    </message>
    <message>
        <source>no further parameters</source>
        <translation>没有其他参数</translation>
    </message>
    <message>
        <source>It touches the server: only for a sandbox</source>
        <translation>会触及服务器：仅限沙箱</translation>
    </message>
</context>
<context>
    <name>lockscope::FilterBar</name>
    <message>
        <source>Filter: words, orders:*, state:no_ttl, holder:worker-7, ttl&lt;5s, held&gt;1m</source>
        <translation>筛选：文字、orders:*、state:no_ttl、holder:worker-7、ttl&lt;5s、held&gt;1m</translation>
    </message>
    <message>
        <source>Filter locks</source>
        <translation>筛选锁</translation>
    </message>
    <message>
        <source>Number of locks</source>
        <translation>锁的数量</translation>
    </message>
    <message>
        <source>%1 so far, still scanning</source>
        <comment>a number of locks</comment>
        <translation>目前 %1，仍在扫描</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %Ln locks</source>
        <translation>
            <numerusform>%Ln 把锁中的 %1 把</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln locks</source>
        <translation>
            <numerusform>%Ln 把锁</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, incomplete</source>
        <comment>a number of locks</comment>
        <translation>%1，不完整</translation>
    </message>
    <message>
        <source>%1, sorting…</source>
        <comment>a number of locks</comment>
        <translation>%1，正在排序…</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Saved views</source>
        <translation>已保存的视图</translation>
    </message>
    <message>
        <source>Saved views: filter, order and columns under a name (Ctrl+Shift+V)</source>
        <translation>已保存的视图：以名称保存的筛选、排序和列 (Ctrl+Shift+V)</translation>
    </message>
    <message>
        <source>&lt;p&gt;All words must hold. Plain words are sought in key, token and owner; &lt;b&gt;*&lt;/b&gt; and &lt;b&gt;?&lt;/b&gt; match the whole key.&lt;/p&gt;&lt;p&gt;state:held, no_ttl, due, stale, quorum, minority · family:plain · mode:read · type:hash · key:orders · holder:worker-7 · holder:=worker-7 (the whole of it) · ttl&amp;lt;5s · ttl&amp;gt;1m · held&amp;gt;1m · renewals&amp;gt;10 · waiters&amp;gt;0 · missed&amp;gt;0 · stuck: (whatever may be stuck) · stuck:no_ttl&lt;/p&gt;</source>
        <translation>&lt;p&gt;所有词都必须满足。普通词在键、令牌和所有者中查找；&lt;b&gt;*&lt;/b&gt; 和 &lt;b&gt;?&lt;/b&gt; 匹配整个键。&lt;/p&gt;&lt;p&gt;state:held, no_ttl, due, stale, quorum, minority · family:plain · mode:read · type:hash · key:orders · holder:worker-7 · holder:=worker-7（完整匹配） · ttl&amp;lt;5s · ttl&amp;gt;1m · held&amp;gt;1m · renewals&amp;gt;10 · waiters&amp;gt;0 · missed&amp;gt;0 · stuck:（可能卡住的） · stuck:no_ttl&lt;/p&gt;</translation>
    </message>
</context>
<context>
    <name>lockscope::FindLocksDialog</name>
    <message>
        <source>&amp;Watch these</source>
        <translation>监视这些（&amp;W）</translation>
    </message>
    <message>
        <source>&amp;Look again</source>
        <translation>再次查看（&amp;L）</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>关闭（&amp;C）</translation>
    </message>
    <message>
        <source>Find my locks</source>
        <translation>查找我的锁</translation>
    </message>
    <message>
        <source>Reads a sample of the keys and proposes the patterns whose keys look like locks. Nothing is changed on the server.</source>
        <translation>读取一部分键作为样本，提出其键看起来像锁的模式。不会更改服务器上的任何内容。</translation>
    </message>
    <message>
        <source>Looking for locks</source>
        <translation>正在查找锁</translation>
    </message>
    <message>
        <source>Patterns found</source>
        <translation>找到的模式</translation>
    </message>
    <message>
        <source>Pattern</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>锁类</translation>
    </message>
    <message>
        <source>Locks seen</source>
        <translation>发现的锁</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>置信度</translation>
    </message>
    <message>
        <source>Without TTL</source>
        <translation>无 TTL</translation>
    </message>
    <message>
        <source>Looking at a sample of the keys…</source>
        <translation>正在查看部分键…</translation>
    </message>
    <message>
        <source>No names that hold locks were found.</source>
        <translation>没有发现像锁的键名。</translation>
    </message>
    <message>
        <source>Look again while locks are held, or connect to another database of this server.</source>
        <translation>请在有锁被持有时重新查找，或连接到该服务器的另一个数据库。</translation>
    </message>
    <message>
        <source>%L1 of %L2 keys scanned, %L3 read</source>
        <translation>已扫描 %L1 / %L2 个键，读取 %L3 个</translation>
    </message>
    <message>
        <source>Complete: %1</source>
        <translation>完整：%1</translation>
    </message>
    <message>
        <source>Only a sample: %1</source>
        <translation>仅为样本：%1</translation>
    </message>
    <message>
        <source>%L1 %</source>
        <translation>%L1 %</translation>
    </message>
    <message>
        <source>For example:
%1</source>
        <translation>例如：
%1</translation>
    </message>
    <message>
        <source>%1, %2, %3 locks seen, confidence %4</source>
        <translation>%1，%2，发现 %3 把锁，置信度 %4</translation>
    </message>
</context>
<context>
    <name>lockscope::FindingCard</name>
    <message>
        <source>Why it matters</source>
        <translation>为何重要</translation>
    </message>
    <message>
        <source>How to mend it</source>
        <translation>如何修正</translation>
    </message>
    <message>
        <source>Read on</source>
        <translation>进一步阅读</translation>
    </message>
    <message>
        <source>Commands that mend it</source>
        <translation>修正所用的命令</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the commands, to be pasted into redis-cli</source>
        <translation>复制命令，以便粘贴到 redis-cli</translation>
    </message>
    <message>
        <source>Copy the commands: %1</source>
        <translation>复制命令：%1</translation>
    </message>
</context>
<context>
    <name>lockscope::ForceReleaseController</name>
    <message>
        <source>Not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>This connection is read-only: nothing that writes is sent</source>
        <translation>此连接为只读：不发送任何写入命令</translation>
    </message>
    <message>
        <source>No connection to the server at the moment</source>
        <translation>目前没有与服务器的连接</translation>
    </message>
    <message>
        <source>Production: arm the writes first</source>
        <translation>生产环境：请先解锁写入</translation>
    </message>
</context>
<context>
    <name>lockscope::ForceReleaseDialog</name>
    <message>
        <source>Release &amp;whatever holds it, even if the holder changes until then</source>
        <translation>不论由谁持有都释放，即使持有者在此期间变更（&amp;W）</translation>
    </message>
    <message>
        <source>&amp;Force-release</source>
        <translation>强制释放（&amp;F）</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>取消（&amp;C）</translation>
    </message>
    <message>
        <source>Force-release a lock</source>
        <translation>强制释放锁</translation>
    </message>
    <message>
        <source>Force-release %1 locks</source>
        <translation>强制释放 %1 把锁</translation>
    </message>
    <message>
        <source>This ends a lock that somebody else may still be using.</source>
        <translation>这将结束一把他人可能仍在使用的锁。</translation>
    </message>
    <message>
        <source>At most %1 locks at a time: the first %1 of the %2 selected are listed here.</source>
        <translation>每次最多 %1 把锁：此处列出所选 %2 把中的前 %1 把。</translation>
    </message>
    <message>
        <source>Its holder is not told, and goes on as if it held the lock.</source>
        <translation>其持有者不会得到通知，会像仍持有此锁一样继续工作。</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Releasing</source>
        <translation>正在释放</translation>
    </message>
    <message>
        <source>&amp;Reason (required):</source>
        <translation>原因（必填）（&amp;R）：</translation>
    </message>
    <message>
        <source>Show the e&amp;xact command</source>
        <translation>显示确切的命令（&amp;X）</translation>
    </message>
    <message>
        <source>Exact command</source>
        <translation>确切的命令</translation>
    </message>
    <message>
        <source>Result: %1</source>
        <translation>结果：%1</translation>
    </message>
    <message>
        <source>The token is not compared: a holder who takes the lock in the next moment loses it, too.</source>
        <translation>不比较令牌：在下一刻取得此锁的持有者也会失去它。</translation>
    </message>
    <message>
        <source>Waiting for the server&apos;s answer</source>
        <translation>正在等待服务器的应答</translation>
    </message>
    <message>
        <source>Nothing to release</source>
        <translation>没有可释放的锁</translation>
    </message>
    <message>
        <source>A reason is required</source>
        <translation>必须填写原因</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>关闭（&amp;C）</translation>
    </message>
    <message>
        <source>Releasing…</source>
        <translation>正在释放…</translation>
    </message>
    <message>
        <source>Hand &amp;back</source>
        <translation>归还(&amp;B)</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>停止(&amp;T)</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Handing back: %1</source>
        <translation>归还：%1</translation>
    </message>
    <message>
        <source>Looking who comes next…</source>
        <translation>正在观察谁接着取得…</translation>
    </message>
    <message>
        <source>It has changed since you looked. Nothing was sent: look at the difference, and confirm again.</source>
        <translation>自您查看后它已变化。什么也没发送：请查看差异并再次确认。</translation>
    </message>
    <message>
        <source>the last four characters of the fingerprint %1</source>
        <translation>指纹 %1 的最后四个字符</translation>
    </message>
    <message>
        <source>the last four characters of %1, the fingerprint of all these locks and tokens</source>
        <translation>%1 的最后四个字符，即所有这些锁和令牌的指纹</translation>
    </message>
    <message>
        <source>The four characters are missing</source>
        <translation>缺少那四个字符</translation>
    </message>
    <message>
        <source>PRODUCTION – %1</source>
        <translation>生产环境 – %1</translation>
    </message>
    <message>
        <source>PRODUCTION. %1</source>
        <translation>生产环境。%1</translation>
    </message>
    <message>
        <source>Lock to release</source>
        <translation>要释放的锁</translation>
    </message>
    <message>
        <source>why, for the audit log</source>
        <translation>原因，写入审计日志</translation>
    </message>
    <message>
        <source>of the incident, if there is one</source>
        <translation>事件单号（如有）</translation>
    </message>
    <message>
        <source>Ticket</source>
        <translation>单号</translation>
    </message>
    <message>
        <source>Last four characters of the fingerprint</source>
        <translation>指纹的最后四个字符</translation>
    </message>
    <message>
        <source>Locks a second</source>
        <translation>每秒锁数</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source> locks/s</source>
        <translation> 锁/秒</translation>
    </message>
    <message>
        <source>Tic&amp;ket:</source>
        <translation>单号(&amp;K)：</translation>
    </message>
    <message>
        <source>At &amp;most:</source>
        <translation>最多(&amp;M)：</translation>
    </message>
    <message>
        <source>Co&amp;nfirm:</source>
        <translation>确认(&amp;N)：</translation>
    </message>
    <message>
        <source>Puts the old token back, if yours is still there</source>
        <translation>若您的令牌仍在，则放回旧令牌</translation>
    </message>
</context>
<context>
    <name>lockscope::GrantPanel</name>
    <message>
        <source>Co&amp;py token</source>
        <translation>复制令牌（&amp;P）</translation>
    </message>
    <message>
        <source>&amp;Extend</source>
        <translation>续期（&amp;E）</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>Validity left</source>
        <translation>剩余有效期</translation>
    </message>
    <message>
        <source>State:</source>
        <translation>状态：</translation>
    </message>
    <message>
        <source>Token:</source>
        <translation>令牌：</translation>
    </message>
    <message>
        <source>Valid for:</source>
        <translation>有效期：</translation>
    </message>
    <message>
        <source>Held by you</source>
        <translation>由您持有</translation>
    </message>
    <message>
        <source>&amp;Extend by %1</source>
        <translation>续期 %1（&amp;E）</translation>
    </message>
    <message>
        <source>Released</source>
        <translation>已释放</translation>
    </message>
    <message>
        <source>Released; others can take it now.</source>
        <translation>已释放；现在他人可以取得。</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>holds it</source>
        <translation>持有此锁</translation>
    </message>
    <message>
        <source>somebody else&apos;s</source>
        <translation>属于他人</translation>
    </message>
    <message>
        <source>has lost it</source>
        <translation>已丢失</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>无应答</translation>
    </message>
    <message>
        <source>Fencing token:</source>
        <translation>防护令牌：</translation>
    </message>
    <message>
        <source>Masters:</source>
        <translation>主节点：</translation>
    </message>
    <message>
        <source>&amp;Release now</source>
        <translation>立即释放(&amp;R)</translation>
    </message>
    <message>
        <source>Key:</source>
        <translation>键：</translation>
    </message>
    <message>
        <source>Lost</source>
        <translation>已丢失</translation>
    </message>
    <message>
        <source>Renew b&amp;y itself, every %1</source>
        <translation>自动续期，每 %1 一次(&amp;Y)</translation>
    </message>
    <message>
        <source>%1, %2 left</source>
        <translation>%1，剩余 %2</translation>
    </message>
    <message>
        <source>Renew by itself</source>
        <translation>自动续期</translation>
    </message>
</context>
<context>
    <name>lockscope::GroupsPanel</name>
    <message>
        <source>By holder</source>
        <translation>按持有者</translation>
    </message>
    <message>
        <source>By key prefix</source>
        <translation>按键前缀</translation>
    </message>
    <message>
        <source>Group by</source>
        <translation>分组方式</translation>
    </message>
    <message>
        <source>Everything that one holder has, or the parts of the keys before each colon</source>
        <translation>同一持有者的全部锁，或键中每个冒号之前的部分</translation>
    </message>
    <message>
        <source>Groups of locks</source>
        <translation>锁的分组</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>组</translation>
    </message>
    <message>
        <source>Locks</source>
        <translation>锁</translation>
    </message>
    <message>
        <source>No TTL</source>
        <translation>无 TTL</translation>
    </message>
    <message>
        <source>&lt; 5 s</source>
        <translation>&lt; 5 秒</translation>
    </message>
    <message>
        <source>Holders</source>
        <translation>持有者</translation>
    </message>
    <message>
        <source>Locks that end within five seconds</source>
        <translation>五秒内结束的锁</translation>
    </message>
    <message>
        <source>How many different holders there are</source>
        <translation>不同持有者的数量</translation>
    </message>
    <message>
        <source>Click or Enter filters the table: %1</source>
        <translation>单击或按回车筛选表格：%1</translation>
    </message>
    <message numerus="yes">
        <source>%Ln other groups</source>
        <translation>
            <numerusform>其他 %Ln 组</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln locks</source>
        <translation>
            <numerusform>%Ln 个锁</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln without a readable holder</source>
        <translation>
            <numerusform>%Ln 个无法读取持有者</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln without a prefix</source>
        <translation>
            <numerusform>%Ln 个没有前缀</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::GuiOptions</name>
    <message>
        <source>Open a private server with demo locks.</source>
        <translation>打开带演示用锁的私有服务器。</translation>
    </message>
    <message>
        <source>Refuse every command that would write, before anything is sent.</source>
        <translation>在发送任何内容之前拒绝一切写入命令。</translation>
    </message>
    <message>
        <source>Which keys count as locks; may be given more than once.</source>
        <translation>哪些键算作锁；可多次给出。</translation>
    </message>
    <message>
        <source>How hard a listing may press the server: auto, gentle or full.</source>
        <translation>列出时可给服务器多大负担：auto、gentle 或 full。</translation>
    </message>
    <message>
        <source>Deadline of one command in milliseconds.</source>
        <translation>单条命令的截止时间，以毫秒为单位。</translation>
    </message>
    <message>
        <source>Consent to switch on the smallest set of keyspace event classes.</source>
        <translation>同意打开最小的一组键空间事件类别。</translation>
    </message>
    <message>
        <source>Read the password from the first line of this file.</source>
        <translation>从此文件的第一行读取密码。</translation>
    </message>
    <message>
        <source>light, dark or system.</source>
        <translation>light、dark 或 system。</translation>
    </message>
    <message>
        <source>Write the window as PNG after the first complete pass, and exit.</source>
        <translation>在第一轮完整扫描之后把窗口写成 PNG，然后退出。</translation>
    </message>
    <message>
        <source>A recording to open (not supported yet).</source>
        <translation>要打开的记录（尚不支持）。</translation>
    </message>
    <message>
        <source>--pace is auto, gentle or full</source>
        <translation>--pace 只能是 auto、gentle 或 full</translation>
    </message>
    <message>
        <source>--theme is light, dark or system</source>
        <translation>--theme 只能是 light、dark 或 system</translation>
    </message>
    <message>
        <source>--timeout is a number of milliseconds, 1 or more</source>
        <translation>--timeout 是毫秒数，不小于 1</translation>
    </message>
    <message>
        <source>See, understand and safely release distributed locks in Redis.</source>
        <translation>查看、了解并安全地释放 Redis 中的分布式锁。</translation>
    </message>
    <message>
        <source>recordings are not supported yet</source>
        <translation>尚不支持记录</translation>
    </message>
    <message>
        <source>Your own lock families; without it $LOCKSCOPE_FAMILIES_FILE, else lockscope/families.conf.</source>
        <translation>您自己的锁家族；未给出时用 $LOCKSCOPE_FAMILIES_FILE，再否则用 lockscope/families.conf。</translation>
    </message>
    <message>
        <source>What to watch; without it $LOCKSCOPE_URI, else redis://127.0.0.1:6379/0. Several are independent masters of one quorum.</source>
        <translation>要监视的对象；未给出时为 $LOCKSCOPE_URI，否则为 redis://127.0.0.1:6379/0。给出多个时，它们是同一法定人数组的独立主节点。</translation>
    </message>
    <message>
        <source>The databases, like 0,3-5, or all; else the URI&apos;s own.</source>
        <translation>数据库，如 0,3-5，或 all；否则为 URI 中的数据库。</translation>
    </message>
    <message>
        <source>production, staging or development; else $LOCKSCOPE_ENVIRONMENT, else as remembered. Production is read-only until writes are armed.</source>
        <translation>production、staging 或 development；否则取 $LOCKSCOPE_ENVIRONMENT，再否则按记住的。生产环境在解锁写入之前为只读。</translation>
    </message>
    <message>
        <source>How changes are heard: auto, notifications, tracking or poll; without it as chosen last.</source>
        <translation>如何得知变化：auto、notifications、tracking 或 poll；不给出时沿用上次的选择。</translation>
    </message>
    <message>
        <source>Most keys a second that are read only to verify; without it as chosen last, at first 2000.</source>
        <translation>仅为核实而每秒至多读取的键数；不给出时沿用上次的选择，最初为 2000。</translation>
    </message>
    <message>
        <source>--sandbox and --uri exclude each other</source>
        <translation>--sandbox 与 --uri 不能同时使用</translation>
    </message>
    <message>
        <source>--listen is auto, notifications, tracking or poll</source>
        <translation>--listen 只能是 auto、notifications、tracking 或 poll</translation>
    </message>
    <message>
        <source>--enable-notifications goes with --listen auto or notifications</source>
        <translation>--enable-notifications 只能与 --listen auto 或 notifications 一起使用</translation>
    </message>
    <message>
        <source>--budget is a number of keys a second, 1 to %1</source>
        <translation>--budget 是每秒的键数，1 到 %1</translation>
    </message>
    <message>
        <source>--environment (or $LOCKSCOPE_ENVIRONMENT) is production, staging or development</source>
        <translation>--environment（或 $LOCKSCOPE_ENVIRONMENT）为 production、staging 或 development</translation>
    </message>
    <message>
        <source>--enable-notifications changes the server&apos;s configuration, which --read-only refuses: leave one of them out</source>
        <translation>--enable-notifications 会更改服务器配置，而 --read-only 拒绝更改：请去掉其中一个</translation>
    </message>
    <message>
        <source>A saved connection instead of --uri: NAME or GROUP/NAME.</source>
        <translation>用已保存的连接代替 --uri：名称，或 分组/名称。</translation>
    </message>
    <message>
        <source>--connection excludes --uri and --sandbox</source>
        <translation>--connection 不能与 --uri 或 --sandbox 同时使用</translation>
    </message>
</context>
<context>
    <name>lockscope::HeldLocksQuestion</name>
    <message>
        <source>&amp;Release and go on</source>
        <translation>释放并继续(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Keep until the TTL ends</source>
        <translation>保留到 TTL 结束(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>取消(&amp;C)</translation>
    </message>
    <message>
        <source>Not all of them could be released.</source>
        <translation>未能全部释放。</translation>
    </message>
    <message>
        <source>Try again, or keep them: they end with their TTL.</source>
        <translation>请重试，或予以保留：它们会随 TTL 结束。</translation>
    </message>
    <message>
        <source>You still hold locks</source>
        <translation>您仍持有锁</translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>以及另外 %Ln 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>You still hold %Ln locks:</source>
        <translation>
            <numerusform>您仍持有 %Ln 个锁：</numerusform>
        </translation>
    </message>
    <message>
        <source>Released, others can take them at once. Kept, nobody renews them any more: they end within %1.</source>
        <translation>释放后，他人可立即获取。保留则不再续期：它们将在 %1 内结束。</translation>
    </message>
</context>
<context>
    <name>lockscope::HelpDialogs</name>
    <message>
        <source>Inside the table and the filter</source>
        <translation>在表格和筛选框中</translation>
    </message>
    <message>
        <source>Pause and go on, in the table</source>
        <translation>暂停和继续（在表格中）</translation>
    </message>
    <message>
        <source>Details of the lock, in the table</source>
        <translation>锁的详细信息（在表格中）</translation>
    </message>
    <message>
        <source>Menu of the lock</source>
        <translation>锁的菜单</translation>
    </message>
    <message>
        <source>Clear the filter, in its box</source>
        <translation>清除筛选（在筛选框中）</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>About Lockscope</source>
        <translation>关于 Lockscope</translation>
    </message>
    <message>
        <source>See, understand and safely release distributed locks in Redis.</source>
        <translation>查看、了解并安全地释放 Redis 中的分布式锁。</translation>
    </message>
    <message>
        <source>Free software under the GNU General Public License, version 3 or later. It comes without any warranty.</source>
        <translation>自由软件，遵循 GNU 通用公共许可证第 3 版或更高版本。不提供任何担保。</translation>
    </message>
    <message>
        <source>Built with Qt %1.</source>
        <translation>使用 Qt %1 构建。</translation>
    </message>
    <message>
        <source>The first nine saved views</source>
        <translation>前九个已保存的视图</translation>
    </message>
</context>
<context>
    <name>lockscope::History</name>
    <message>
        <source>audit log %1: %2</source>
        <translation>审计日志 %1：%2</translation>
    </message>
    <message>
        <source>written by a newer version of Lockscope</source>
        <translation>由更新版本的 Lockscope 写入</translation>
    </message>
    <message>
        <source>entry %1 is missing</source>
        <translation>条目 %1 缺失</translation>
    </message>
    <message>
        <source>entry %1 does not follow the one before it</source>
        <translation>条目 %1 与前一条不相接</translation>
    </message>
    <message>
        <source>entry %1 was altered</source>
        <translation>条目 %1 被更改</translation>
    </message>
    <message>
        <source>entry %1 and what came after it was cut off</source>
        <translation>条目 %1 及其后的内容被截断</translation>
    </message>
    <message>
        <source>the audit log has no entry %1</source>
        <translation>审计日志没有条目 %1</translation>
    </message>
    <message>
        <source>the file is gone; it had %1 rows</source>
        <translation>文件不见了；它曾有 %1 行</translation>
    </message>
    <message>
        <source>the rows after %1 were cut off; there were %2</source>
        <translation>第 %1 行之后被截断；原有 %2 行</translation>
    </message>
    <message>
        <source>the log is not the one that was written here: entry %1 is another one</source>
        <translation>这不是在此写入的日志：条目 %1 不同</translation>
    </message>
</context>
<context>
    <name>lockscope::HolderText</name>
    <message>
        <source>exclusive</source>
        <translation>独占</translation>
    </message>
    <message>
        <source>shared by readers</source>
        <translation>读者共享</translation>
    </message>
    <message>
        <source>exclusive, for writing</source>
        <translation>独占，用于写</translation>
    </message>
    <message>
        <source>semaphore with permits</source>
        <translation>带许可的信号量</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>还有 %1 个</translation>
    </message>
</context>
<context>
    <name>lockscope::HoldingsPanel</name>
    <message>
        <source>released</source>
        <translation>已释放</translation>
    </message>
    <message>
        <source>lost</source>
        <translation>已丢失</translation>
    </message>
    <message>
        <source>%1, renewed</source>
        <translation>%1，自动续期</translation>
    </message>
    <message>
        <source>You hold no lock. Acquire takes one.</source>
        <translation>您未持有任何锁。可用“获取”来取得。</translation>
    </message>
    <message>
        <source>Release &amp;all</source>
        <translation>全部释放(&amp;A)</translation>
    </message>
    <message>
        <source>Clear en&amp;ded</source>
        <translation>清除已结束的(&amp;D)</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Valid for</source>
        <translation>有效时间</translation>
    </message>
    <message>
        <source>Fence</source>
        <translation>防护编号</translation>
    </message>
    <message>
        <source>Locks held by you</source>
        <translation>您持有的锁</translation>
    </message>
</context>
<context>
    <name>lockscope::Impact</name>
    <message>
        <source>Alive?</source>
        <translation>存活？</translation>
    </message>
    <message>
        <source>%1 %2 (%3), silent for %4</source>
        <translation>%1 %2（%3），静默 %4</translation>
    </message>
    <message>
        <source>Probably connected now: %1.</source>
        <translation>现在很可能已连接：%1。</translation>
    </message>
    <message>
        <source>None of %1 connections bears this holder&apos;s name or address. That is a hint, no proof: programs need not name their connections.</source>
        <translation>%1 个连接中没有一个带有该持有者的名称或地址。这只是线索，不是证明：程序不必为连接命名。</translation>
    </message>
    <message>
        <source>Not known: the token tells nothing that could be found among %1 connections.</source>
        <translation>未知：令牌没有提供可在 %1 个连接中查找的信息。</translation>
    </message>
    <message>
        <source>Not known: this user may not see who is connected (+client|list).</source>
        <translation>未知：该用户无权查看谁已连接（+client|list）。</translation>
    </message>
    <message>
        <source>Not known: nobody was asked.</source>
        <translation>未知：没有询问。</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>Not known: %1</source>
        <translation>未知：%1</translation>
    </message>
    <message>
        <source>Nobody is seen to wait.</source>
        <translation>没有看到等待者。</translation>
    </message>
    <message>
        <source>%1 waiting</source>
        <translation>%1 个等待</translation>
    </message>
    <message>
        <source>Fencing</source>
        <translation>防护</translation>
    </message>
    <message>
        <source>The fencing counter stands at %1 and stays: whoever checks it can refuse the old holder.</source>
        <translation>防护计数器为 %1 且会保留：检查它的一方可以拒绝旧持有者。</translation>
    </message>
    <message>
        <source>None is seen: if the old holder still runs, nothing keeps it from writing beside the next one.</source>
        <translation>没有看到：若旧持有者仍在运行，没有什么能阻止它与下一个持有者同时写入。</translation>
    </message>
    <message>
        <source>Shorten the lease</source>
        <translation>缩短租约</translation>
    </message>
    <message>
        <source>Add the missing TTL</source>
        <translation>补上缺失的 TTL</translation>
    </message>
    <message>
        <source>Take over for a time</source>
        <translation>暂时接管</translation>
    </message>
    <message>
        <source>Hand back</source>
        <translation>归还</translation>
    </message>
    <message>
        <source>Close the holder&apos;s connection</source>
        <translation>关闭持有者的连接</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>释放</translation>
    </message>
    <message>
        <source>Afterwards</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>集群</translation>
    </message>
    <message>
        <source>These keys of the lock lie in other slots, so no single script reaches all: %1. They are left alone, and who waits there is not woken.</source>
        <translation>锁的这些键位于其他槽，没有单个脚本能全部触及：%1。它们不会被动，在那里等待者不会被唤醒。</translation>
    </message>
    <message>
        <source>This user lacks the right: %1</source>
        <translation>该用户缺少权限：%1</translation>
    </message>
    <message>
        <source>Next holder after %1: %2</source>
        <translation>%1 后的下一个持有者：%2</translation>
    </message>
    <message>
        <source>The old holder took it again after %1: it is still running.</source>
        <translation>旧持有者在 %1 后又取得了它：它仍在运行。</translation>
    </message>
    <message>
        <source>Nobody took it within %1.</source>
        <translation>%1 内无人取得。</translation>
    </message>
    <message>
        <source>It is not known who came next: the lock could not be read.</source>
        <translation>不知道谁接着取得：无法读取该锁。</translation>
    </message>
    <message>
        <source>Not known: no lock library is recognised here, so nothing tells how others wait.</source>
        <translation>未知：此处没有识别出锁库，因此无从得知他人如何等待。</translation>
    </message>
    <message>
        <source>released</source>
        <translation>已释放</translation>
    </message>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>nothing to do</source>
        <translation>无需操作</translation>
    </message>
    <message>
        <source>already gone</source>
        <translation>已不存在</translation>
    </message>
    <message>
        <source>another holder, left alone</source>
        <translation>持有者不同，未处理</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>not sent</source>
        <translation>未发送</translation>
    </message>
    <message>
        <source>outcome unknown</source>
        <translation>结果未知</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>a value that is no token</source>
        <translation>不是令牌的值</translation>
    </message>
    <message>
        <source>no TTL</source>
        <translation>无 TTL</translation>
    </message>
    <message>
        <source>%1 (to be released)</source>
        <translation>%1（将释放）</translation>
    </message>
    <message>
        <source>%1 (to be done)</source>
        <translation>%1（将执行）</translation>
    </message>
    <message>
        <source>%1 (cannot be asked)</source>
        <translation>%1（无法询问）</translation>
    </message>
</context>
<context>
    <name>lockscope::ImportDialog</name>
    <message>
        <source>Keep their &amp;passwords in the desktop&apos;s secret service; else they are dropped</source>
        <translation>将它们的密码保存在桌面的密钥服务中(&amp;P)；否则丢弃</translation>
    </message>
    <message>
        <source>Import connections</source>
        <translation>导入连接</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Here</source>
        <translation>本地</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Connections of the export</source>
        <translation>导出文件中的连接</translation>
    </message>
    <message>
        <source>&amp;Import</source>
        <translation>导入(&amp;I)</translation>
    </message>
    <message>
        <source>The file cannot be read.</source>
        <translation>无法读取该文件。</translation>
    </message>
    <message>
        <source>Nothing to import.</source>
        <translation>没有可导入的内容。</translation>
    </message>
    <message numerus="yes">
        <source>An export of %1 with %Ln connections.</source>
        <translation>
            <numerusform>%1 的导出文件，含 %Ln 个连接。</numerusform>
        </translation>
    </message>
    <message>
        <source>It holds passwords in plain text: delete the file when you are done.</source>
        <translation>其中含有明文密码：完成后请删除该文件。</translation>
    </message>
    <message>
        <source>not usable</source>
        <translation>不可用</translation>
    </message>
    <message>
        <source>exists</source>
        <translation>已存在</translation>
    </message>
    <message>
        <source>new</source>
        <translation>新</translation>
    </message>
    <message numerus="yes">
        <source>&amp;Import %Ln connections</source>
        <translation>
            <numerusform>导入 %Ln 个连接(&amp;I)</numerusform>
        </translation>
    </message>
    <message>
        <source>The passwords were dropped; the windows ask for them.</source>
        <translation>密码已丢弃；窗口会询问。</translation>
    </message>
    <message>
        <source>Passwords were dropped; the windows ask for them. %1</source>
        <translation>密码已丢弃；窗口会询问。%1</translation>
    </message>
</context>
<context>
    <name>lockscope::LabFigures</name>
    <message>
        <source>Figures of the run</source>
        <translation>本次运行的数据</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>临界区</translation>
    </message>
    <message>
        <source>Sections/s</source>
        <translation>临界区/秒</translation>
    </message>
    <message>
        <source>Acquire p50 / p99</source>
        <translation>加锁 p50 / p99</translation>
    </message>
    <message>
        <source>Wait p50 / p99</source>
        <translation>等待 p50 / p99</translation>
    </message>
    <message>
        <source>Attempts/section</source>
        <translation>尝试/临界区</translation>
    </message>
    <message>
        <source>Leases lost</source>
        <translation>丢失的租约</translation>
    </message>
    <message>
        <source>Fairness</source>
        <translation>公平性</translation>
    </message>
    <message>
        <source>Orphans</source>
        <translation>孤儿锁</translation>
    </message>
    <message>
        <source>Errors / unknown</source>
        <translation>错误 / 未知</translation>
    </message>
    <message>
        <source>Critical sections entered</source>
        <translation>进入的临界区</translation>
    </message>
    <message>
        <source>Over the last second; at the end over the whole run</source>
        <translation>最近一秒；结束时为整次运行</translation>
    </message>
    <message>
        <source>The attempt that was granted: half of them, and 99 of 100, were faster</source>
        <translation>获准的那次尝试：一半、以及百分之九十九比这更快</translation>
    </message>
    <message>
        <source>From wanting a lock to having it</source>
        <translation>从想要锁到拿到锁</translation>
    </message>
    <message>
        <source>How often a client asked for each section: 1 is the least</source>
        <translation>每个临界区请求的次数：最少为 1</translation>
    </message>
    <message>
        <source>Leases that ended before their release</source>
        <translation>在释放之前就已结束的租约</translation>
    </message>
    <message>
        <source>Jain&apos;s index over the clients&apos; sections: 1 where all got the same</source>
        <translation>各客户端临界区数的 Jain 指数：完全相同时为 1</translation>
    </message>
    <message>
        <source>Locks left behind by clients that died or lost an answer</source>
        <translation>客户端死亡或丢失应答后遗留的锁</translation>
    </message>
    <message>
        <source>Commands that failed / writes whose answer was lost: they may or may not have happened</source>
        <translation>失败的命令 / 应答丢失的写操作：可能发生了，也可能没有</translation>
    </message>
</context>
<context>
    <name>lockscope::LabSetup</name>
    <message>
        <source>Show its &amp;point</source>
        <translation>演示要点(&amp;P)</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>键</translation>
    </message>
    <message>
        <source>TTL</source>
        <translation>TTL</translation>
    </message>
    <message>
        <source>Hold, at least</source>
        <translation>持有，至少</translation>
    </message>
    <message>
        <source>Hold, at most</source>
        <translation>持有，至多</translation>
    </message>
    <message>
        <source>Ends after</source>
        <translation>结束于</translation>
    </message>
    <message>
        <source>Wait for a lock</source>
        <translation>等待锁</translation>
    </message>
    <message>
        <source>Try again, at least after</source>
        <translation>重试间隔，至少</translation>
    </message>
    <message>
        <source>Try again, at most after</source>
        <translation>重试间隔，至多</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Readers</source>
        <translation>读者</translation>
    </message>
    <message>
        <source>Permits</source>
        <translation>许可数</translation>
    </message>
    <message>
        <source>Rene&amp;w leases at a third of the TTL</source>
        <translation>在 TTL 的三分之一处续租(&amp;W)</translation>
    </message>
    <message>
        <source>Stop at the first &amp;violation</source>
        <translation>遇到第一个破坏即停止(&amp;V)</translation>
    </message>
    <message>
        <source>Be ready for &amp;network faults by button</source>
        <translation>准备好用按钮制造网络故障(&amp;N)</translation>
    </message>
    <message>
        <source>Strategy</source>
        <translation>策略</translation>
    </message>
    <message>
        <source>Fill in a load and faults that show what this strategy is worth</source>
        <translation>填入能显示此策略价值的负载和故障</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Sandbox: a private server</source>
        <translation>沙箱：一个私有服务器</translation>
    </message>
    <message numerus="yes">
        <source>Sandbox: %Ln masters</source>
        <translation>
            <numerusform>沙箱：%Ln 个主节点</numerusform>
        </translation>
    </message>
    <message>
        <source>The current connection</source>
        <translation>当前连接</translation>
    </message>
    <message>
        <source>Unit of the end</source>
        <translation>结束条件的单位</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>sections</source>
        <translation>个临界区</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>速率</translation>
    </message>
    <message>
        <source> sections/s</source>
        <translation> 个临界区/秒</translation>
    </message>
    <message>
        <source>closed loop</source>
        <translation>闭环</translation>
    </message>
    <message>
        <source>Planned starts a second, whatever the answers take; closed loop: each client begins its next section when the last one is over</source>
        <translation>每秒计划开始的次数，不管应答多慢；闭环：每个客户端在上一个临界区结束后开始下一个</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>a fresh one</source>
        <translation>新的种子</translation>
    </message>
    <message>
        <source>The same seed makes the same schedule</source>
        <translation>同样的种子产生同样的日程</translation>
    </message>
    <message>
        <source>Puts a proxy between clients and server, and gives a sandbox a replica: slower, but delays, cuts and failovers can be fired while it runs</source>
        <translation>在客户端与服务器之间放一个代理，并给沙箱一个副本：较慢，但运行中可以触发延迟、断线和故障转移</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>负载</translation>
    </message>
    <message>
        <source>Clients:</source>
        <translation>客户端：</translation>
    </message>
    <message>
        <source>Keys:</source>
        <translation>键：</translation>
    </message>
    <message>
        <source>TTL:</source>
        <translation>TTL：</translation>
    </message>
    <message>
        <source>Hold:</source>
        <translation>持有：</translation>
    </message>
    <message>
        <source>Ends after:</source>
        <translation>结束于：</translation>
    </message>
    <message>
        <source>Wait up to:</source>
        <translation>最长等待：</translation>
    </message>
    <message>
        <source>Try again after:</source>
        <translation>重试间隔：</translation>
    </message>
    <message>
        <source>Rate:</source>
        <translation>速率：</translation>
    </message>
    <message>
        <source>Connections:</source>
        <translation>连接：</translation>
    </message>
    <message>
        <source>Readers:</source>
        <translation>读者：</translation>
    </message>
    <message>
        <source>Permits:</source>
        <translation>许可数：</translation>
    </message>
    <message>
        <source>Seed:</source>
        <translation>种子：</translation>
    </message>
    <message>
        <source>Faults</source>
        <translation>故障</translation>
    </message>
    <message>
        <source>sound within its promise</source>
        <translation>在承诺范围内可靠</translation>
    </message>
    <message>
        <source>broken on purpose</source>
        <translation>故意有缺陷</translation>
    </message>
    <message>
        <source>Guarantees: %1.</source>
        <translation>保证：%1。</translation>
    </message>
    <message>
        <source>Does not: %1.</source>
        <translation>不能：%1。</translation>
    </message>
    <message>
        <source>The current connection (none)</source>
        <translation>当前连接（无）</translation>
    </message>
    <message>
        <source>The current connection: %1</source>
        <translation>当前连接：%1</translation>
    </message>
    <message>
        <source>Started for the run on this machine, and ended with it.</source>
        <translation>为本次运行在本机启动，并随之结束。</translation>
    </message>
    <message>
        <source>Writes only keys that begin with lockscope-lab:, and removes them at the end. Faults that touch the server are for sandboxes.</source>
        <translation>只写以 lockscope-lab: 开头的键，并在结束时删除。触及服务器的故障仅限沙箱。</translation>
    </message>
    <message>
        <source>seed: a whole number, 1 or more; empty for a fresh one</source>
        <translation>种子：1 或更大的整数；留空则取新的</translation>
    </message>
    <message>
        <source>the main window is not connected: choose a sandbox, or connect first</source>
        <translation>主窗口尚未连接：请选择沙箱，或先连接</translation>
    </message>
    <message>
        <source>the current connection is a sandbox itself: choose one of the lab&apos;s own</source>
        <translation>当前连接本身就是沙箱：请选择实验室自己的沙箱</translation>
    </message>
    <message>
        <source> ms</source>
        <translation> 毫秒</translation>
    </message>
    <message>
        <source>to</source>
        <translation>至</translation>
    </message>
</context>
<context>
    <name>lockscope::LanesView</name>
    <message>
        <source>Clients as lanes</source>
        <translation>客户端泳道</translation>
    </message>
    <message numerus="yes">
        <source>%Ln clients, %1 to %2</source>
        <translation>
            <numerusform>%Ln 个客户端，%1 至 %2</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 at %2, clients %3 and %4</source>
        <translation>%1，%2，客户端 %3 和 %4</translation>
    </message>
    <message>
        <source>waited</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>held the lock</source>
        <translation>持有锁</translation>
    </message>
    <message>
        <source>stood still</source>
        <translation>停顿</translation>
    </message>
    <message>
        <source>was dead</source>
        <translation>已死亡</translation>
    </message>
    <message>
        <source>Client %1 at %2</source>
        <translation>客户端 %1，%2</translation>
    </message>
    <message>
        <source>%1 for %2, from %3</source>
        <translation>%1 %2，从 %3 起</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>Once a run has begun, each client has a lane here: when it waits, and when it holds its lock.</source>
        <translation>运行开始后，每个客户端在此有一条泳道：何时等待，何时持有锁。</translation>
    </message>
    <message>
        <source>Client %1</source>
        <translation>客户端 %1</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>holding</source>
        <translation>持有</translation>
    </message>
    <message>
        <source>standing still</source>
        <translation>停顿</translation>
    </message>
    <message>
        <source>dead</source>
        <translation>死亡</translation>
    </message>
    <message>
        <source>violation</source>
        <translation>破坏</translation>
    </message>
    <message>
        <source>end of the lease</source>
        <translation>租约结束</translation>
    </message>
    <message>
        <source>%1 of %2 clients</source>
        <translation>%2 个客户端中的 %1 个</translation>
    </message>
</context>
<context>
    <name>lockscope::LeaseBar</name>
    <message>
        <source>Lease left</source>
        <translation>租约剩余</translation>
    </message>
</context>
<context>
    <name>lockscope::Listening</name>
    <message>
        <source>FLUSHDB and FLUSHALL are not announced: the next pass finds them.</source>
        <translation>FLUSHDB 和 FLUSHALL 不会被通告：由下一次扫描发现。</translation>
    </message>
    <message>
        <source>SWAPDB is not announced: the next pass finds it.</source>
        <translation>SWAPDB 不会被通告：由下一次扫描发现。</translation>
    </message>
    <message>
        <source>Nobody tells how a lock ended: whether it was released, has expired or was evicted is concluded from its deadline.</source>
        <translation>没有人说明锁是怎样结束的：它是被释放、到期还是被驱逐，由其期限推断。</translation>
    </message>
    <message>
        <source>A holder that comes and goes between two reads of a key is not seen.</source>
        <translation>在两次读取同一个键之间来去的持有者不会被看到。</translation>
    </message>
    <message>
        <source>A lock held for less than %1 may never appear.</source>
        <translation>持有不到 %1 的锁可能永远不会出现。</translation>
    </message>
    <message>
        <source>A lock held for less than the time between two passes may never appear.</source>
        <translation>持有时间短于两次扫描间隔的锁可能永远不会出现。</translation>
    </message>
    <message>
        <source>Polling every %1</source>
        <translation>每 %1 轮询一次</translation>
    </message>
    <message>
        <source>Polling</source>
        <translation>轮询</translation>
    </message>
    <message>
        <source>short holds can be missed</source>
        <translation>可能错过短暂的持有</translation>
    </message>
    <message>
        <source>The server publishes no keyspace notifications that this user may hear, or does not say whether it does.</source>
        <translation>服务器没有发布此用户可以收听的键空间通知，或者没有说明是否发布。</translation>
    </message>
    <message>
        <source>Keyspace notifications are off, or lack what locks need.</source>
        <translation>键空间通知已关闭，或缺少锁所需的类别。</translation>
    </message>
    <message>
        <source>Notifications on</source>
        <translation>通知已打开</translation>
    </message>
    <message>
        <source>Client tracking</source>
        <translation>客户端跟踪</translation>
    </message>
    <message>
        <source>not told how a lock ended</source>
        <translation>不会得知锁是怎样结束的</translation>
    </message>
    <message>
        <source>Chosen so.</source>
        <translation>这是所选的方式。</translation>
    </message>
    <message>
        <source>Client tracking is refused by the server, or not permitted to this user.</source>
        <translation>客户端跟踪被服务器拒绝，或此用户未获许可。</translation>
    </message>
</context>
<context>
    <name>lockscope::LoadMeter</name>
    <message>
        <source>Our load: %1 commands/s, %2/s</source>
        <translation>自身负担：%1 条命令/秒，%2/秒</translation>
    </message>
    <message>
        <source>keys/s</source>
        <translation>键/秒</translation>
    </message>
    <message>
        <source>So many keys a second may be read only to verify what is known, and by passes. Changes and deadlines are read at once and take from it. While the server answers slowly it is less.</source>
        <translation>每秒至多读取这么多键来核实已知内容和进行扫描。变化和到期的锁会立即读取，并计入其中。服务器应答缓慢时会更少。</translation>
    </message>
    <message>
        <source>&amp;Default</source>
        <translation>默认值（&amp;D）</translation>
    </message>
    <message>
        <source>&amp;Budget:</source>
        <translation>预算（&amp;B）：</translation>
    </message>
    <message>
        <source>At present:</source>
        <translation>目前：</translation>
    </message>
    <message>
        <source>%1 keys/s</source>
        <translation>%1 键/秒</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>不设限</translation>
    </message>
    <message>
        <source>What Lockscope itself costs the server: commands, and bytes both ways</source>
        <translation>Lockscope 自身给服务器造成的负担：命令数，以及双向字节数</translation>
    </message>
    <message>
        <source>Budget at present: %1. Click to change it.</source>
        <translation>目前的预算：%1。点击可更改。</translation>
    </message>
</context>
<context>
    <name>lockscope::LockColumns</name>
    <message>
        <source>no TTL</source>
        <translation>无 TTL</translation>
    </message>
    <message>
        <source>due</source>
        <translation>已到期</translation>
    </message>
    <message>
        <source>will never expire by itself</source>
        <translation>永远不会自行过期</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>held</source>
        <translation>持有中</translation>
    </message>
    <message>
        <source>stale</source>
        <translation>过时</translation>
    </message>
    <message>
        <source>holder %1</source>
        <translation>持有者 %1</translation>
    </message>
    <message>
        <source>holder not readable</source>
        <translation>持有者不可读</translation>
    </message>
    <message>
        <source>lock %1, %2, %3, %4</source>
        <translation>锁 %1，%2，%3，%4</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>The lock&apos;s key in Redis. Sorts by its bytes.</source>
        <translation>锁在 Redis 中的键。按其字节排序。</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>锁类</translation>
    </message>
    <message>
        <source>The lock library that was recognised.</source>
        <translation>识别出的锁的库。</translation>
    </message>
    <message>
        <source>Holder token</source>
        <translation>持有者令牌</translation>
    </message>
    <message>
        <source>The value by which the holder proves that the lock is its own.</source>
        <translation>持有者用来证明此锁归其所有的值。</translation>
    </message>
    <message>
        <source>Owner</source>
        <translation>所有者</translation>
    </message>
    <message>
        <source>What the token tells of its holder.</source>
        <translation>从令牌看出的持有者信息。</translation>
    </message>
    <message>
        <source>Remaining</source>
        <translation>剩余时间</translation>
    </message>
    <message>
        <source>What is left of the lease. Sorts by deadline; locks without TTL come last.</source>
        <translation>租约的剩余时间。按截止时间排序；无 TTL 的锁排在最后。</translation>
    </message>
    <message>
        <source>Held for</source>
        <translation>已持有</translation>
    </message>
    <message>
        <source>Since it was acquired; ≥ where it was held already when watching began.</source>
        <translation>自取得以来的时间；开始观察时已被持有的，以 ≥ 标示。</translation>
    </message>
    <message>
        <source>Renewals</source>
        <translation>续期次数</translation>
    </message>
    <message>
        <source>Extensions seen by the same holder.</source>
        <translation>看到的同一持有者的续期次数。</translation>
    </message>
    <message>
        <source>DB</source>
        <translation>库</translation>
    </message>
    <message>
        <source>The number of the Redis database.</source>
        <translation>Redis 数据库的编号。</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>The server it lives on.</source>
        <translation>锁所在的服务器。</translation>
    </message>
    <message>
        <source>released</source>
        <translation>已释放</translation>
    </message>
    <message>
        <source>expired</source>
        <translation>已到期</translation>
    </message>
    <message>
        <source>evicted</source>
        <translation>已逐出</translation>
    </message>
    <message>
        <source>forced</source>
        <translation>已强制释放</translation>
    </message>
    <message>
        <source>lock %1, %2 %3 ago, last %4</source>
        <translation>锁 %1，%3 前%2，最后的%4</translation>
    </message>
    <message>
        <source>Held, due, stale, or without TTL; of independent masters, with how many votes. Sorts by severity.</source>
        <translation>持有、到期、过时或无 TTL；独立主节点则附票数。按严重程度排序。</translation>
    </message>
    <message>
        <source>Rhythm</source>
        <translation>续期节奏</translation>
    </message>
    <message>
        <source>How often its holder renews it, and how many renewals did not come. Sorts by those that are overdue.</source>
        <translation>持有者多久续期一次，以及有多少次续期没有到来。按逾期次数排序。</translation>
    </message>
    <message>
        <source>Waiters</source>
        <translation>等待者</translation>
    </message>
    <message>
        <source>How many wait for it, where its family tells; counted for the locks on screen.</source>
        <translation>有多少在等待（若其锁族能说明）；只统计屏幕上的锁。</translation>
    </message>
    <message>
        <source>Suspicion</source>
        <translation>疑点</translation>
    </message>
    <message>
        <source>Whether it may be stuck, and why: hints to be weighed, 100 is the strongest. Sorts by strength.</source>
        <translation>是否可能卡住及原因：仅为需要权衡的线索，100 为最强。按强度排序。</translation>
    </message>
    <message>
        <source>every %1</source>
        <translation>每 %1</translation>
    </message>
    <message>
        <source>%1, %2 missed</source>
        <translation>%1，缺 %2 次</translation>
    </message>
    <message>
        <source>split</source>
        <translation>分裂</translation>
    </message>
    <message>
        <source>quorum</source>
        <translation>法定数</translation>
    </message>
    <message>
        <source>minority</source>
        <translation>少数</translation>
    </message>
    <message>
        <source>held by you</source>
        <translation>由您持有</translation>
    </message>
    <message>
        <source>acquired</source>
        <translation>已获取</translation>
    </message>
    <message>
        <source>renewed</source>
        <translation>已续期</translation>
    </message>
    <message>
        <source>new holder</source>
        <translation>新持有者</translation>
    </message>
</context>
<context>
    <name>lockscope::LockDetailsPanel</name>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Holder token</source>
        <translation>持有者令牌</translation>
    </message>
    <message>
        <source>Select a lock to see who holds it, since when, and what happened to it.</source>
        <translation>选择一把锁，查看由谁持有、从何时起，以及发生过什么。</translation>
    </message>
    <message>
        <source>Copy as</source>
        <translation>复制为</translation>
    </message>
    <message>
        <source>Lease</source>
        <translation>租约</translation>
    </message>
    <message>
        <source>Recent events of this lock</source>
        <translation>此锁的最近事件</translation>
    </message>
    <message>
        <source>Details of the selected lock</source>
        <translation>所选锁的详细信息</translation>
    </message>
    <message>
        <source>Holder</source>
        <translation>持有者</translation>
    </message>
    <message>
        <source>None since it is being watched.</source>
        <translation>观察以来没有事件。</translation>
    </message>
    <message>
        <source>Gone</source>
        <translation>已消失</translation>
    </message>
    <message>
        <source>fingerprint %1</source>
        <translation>指纹 %1</translation>
    </message>
    <message>
        <source>The value is too long for a token and was not read.</source>
        <translation>值太长，不可能是令牌，因此没有读取。</translation>
    </message>
    <message>
        <source>The token tells nothing of its owner.</source>
        <translation>从令牌看不出所有者。</translation>
    </message>
    <message>
        <source>The lock is gone. Last event: %1 at %2.</source>
        <translation>锁已消失。最后的事件：%1，时间 %2。</translation>
    </message>
    <message>
        <source>The lock is gone.</source>
        <translation>锁已消失。</translation>
    </message>
    <message>
        <source>All holders</source>
        <translation>所有持有者</translation>
    </message>
    <message>
        <source>This semaphore counts its holders and does not name them.</source>
        <translation>这个信号量只统计持有者数量，不记录其名称。</translation>
    </message>
    <message>
        <source>Why it is in this state</source>
        <translation>为何处于此状态</translation>
    </message>
    <message>
        <source>Renewal rhythm</source>
        <translation>续期节奏</translation>
    </message>
    <message>
        <source>Renewal rhythm in words</source>
        <translation>续期节奏（文字）</translation>
    </message>
    <message>
        <source>Why it may be stuck</source>
        <translation>为何可能卡住</translation>
    </message>
    <message>
        <source>Probably stuck?</source>
        <translation>可能卡住？</translation>
    </message>
    <message>
        <source>How changes are heard: %1.</source>
        <translation>如何得知变化：%1。</translation>
    </message>
</context>
<context>
    <name>lockscope::LockFacts</name>
    <message>
        <source>%1 (%2 ago)</source>
        <translation>%1（%2前）</translation>
    </message>
    <message>
        <source>Remaining:</source>
        <translation>剩余时间：</translation>
    </message>
    <message>
        <source>Lease:</source>
        <translation>租约：</translation>
    </message>
    <message>
        <source>Held for:</source>
        <translation>已持有：</translation>
    </message>
    <message>
        <source>Acquired:</source>
        <translation>取得时间：</translation>
    </message>
    <message>
        <source>First seen:</source>
        <translation>首次看到：</translation>
    </message>
    <message>
        <source>Renewals:</source>
        <translation>续期次数：</translation>
    </message>
    <message>
        <source>Confirmed:</source>
        <translation>最近确认：</translation>
    </message>
    <message>
        <source>Family:</source>
        <translation>锁类：</translation>
    </message>
    <message>
        <source>Where:</source>
        <translation>位置：</translation>
    </message>
    <message>
        <source>Value:</source>
        <translation>值：</translation>
    </message>
    <message>
        <source>Idle:</source>
        <translation>空闲时间：</translation>
    </message>
    <message>
        <source>From a look at the key itself</source>
        <translation>来自对该键本身的查看</translation>
    </message>
    <message>
        <source>gone</source>
        <translation>已消失</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>before Lockscope looked</source>
        <translation>在 Lockscope 查看之前</translation>
    </message>
    <message>
        <source>none seen</source>
        <translation>尚未看到</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <translation>%1前</translation>
    </message>
    <message>
        <source>not recognised</source>
        <translation>无法识别</translation>
    </message>
    <message>
        <source>%1 % sure</source>
        <translation>把握 %1 %</translation>
    </message>
    <message>
        <source>db %1 on %2</source>
        <translation>%2 上的库 %1</translation>
    </message>
    <message>
        <source>the key does not exist</source>
        <translation>键不存在</translation>
    </message>
    <message>
        <source>%1, %2 bytes</source>
        <translation>%1，%2 字节</translation>
    </message>
    <message>
        <source>could not be read: %1</source>
        <translation>无法读取：%1</translation>
    </message>
    <message>
        <source>Mode:</source>
        <translation>模式：</translation>
    </message>
    <message>
        <source>Waiters:</source>
        <translation>等待者：</translation>
    </message>
    <message>
        <source>Fencing token:</source>
        <translation>栅栏令牌：</translation>
    </message>
    <message>
        <source>Beside it:</source>
        <translation>旁边的键：</translation>
    </message>
    <message>
        <source>%1, elements: %2</source>
        <translation>%1，元素：%2</translation>
    </message>
    <message>
        <source>%1 is connected from %2</source>
        <translation>%1 已从 %2 连接</translation>
    </message>
    <message>
        <source>%1 is not connected any more, last seen %2 ago</source>
        <translation>%1 已不再连接，最后见于 %2前</translation>
    </message>
    <message>
        <source>not known: the server does not permit CLIENT LIST</source>
        <translation>未知：服务器不允许 CLIENT LIST</translation>
    </message>
    <message>
        <source>not known: too many clients to list them without holding them up</source>
        <translation>未知：客户端太多，列出会拖慢它们</translation>
    </message>
    <message>
        <source>not known: the token names no connection of the server</source>
        <translation>未知：令牌没有指明服务器的任何连接</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>no such key</source>
        <translation>没有此键</translation>
    </message>
    <message>
        <source>holder not readable</source>
        <translation>无法读取持有者</translation>
    </message>
    <message>
        <source>no TTL</source>
        <translation>无 TTL</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>not reached</source>
        <translation>无法连接</translation>
    </message>
    <message>
        <source>when last reached: %1</source>
        <translation>最后一次连接时：%1</translation>
    </message>
    <message>
        <source>Votes:</source>
        <translation>票数：</translation>
    </message>
    <message>
        <source>Connection:</source>
        <translation>连接：</translation>
    </message>
    <message>
        <source>db %1 on %2 masters</source>
        <translation>%2 个主节点上的数据库 %1</translation>
    </message>
</context>
<context>
    <name>lockscope::LockTableLayout</name>
    <message>
        <source>Reset Columns</source>
        <translation>重置列</translation>
    </message>
    <message>
        <source>&amp;Descending</source>
        <translation>降序(&amp;D)</translation>
    </message>
</context>
<context>
    <name>lockscope::LockTableView</name>
    <message>
        <source>Locks</source>
        <translation>锁</translation>
    </message>
</context>
<context>
    <name>lockscope::LockText</name>
    <message>
        <source>The key exists and its lease has %1 left of %2.</source>
        <translation>键存在，其 %2 的租约还剩 %1。</translation>
    </message>
    <message>
        <source>Renewals seen by the same holder: %1, so something is alive there.</source>
        <translation>看到同一持有者续期的次数：%1，可见那里仍有活动。</translation>
    </message>
    <message>
        <source>No renewal was seen: if the holder is dead, it ends by itself.</source>
        <translation>没有看到续期：如果持有者已死，锁会自行结束。</translation>
    </message>
    <message>
        <source>Held</source>
        <translation>持有中</translation>
    </message>
    <message>
        <source>No TTL</source>
        <translation>无 TTL</translation>
    </message>
    <message>
        <source>Due</source>
        <translation>已到期</translation>
    </message>
    <message>
        <source>Stale</source>
        <translation>过时</translation>
    </message>
    <message>
        <source>The key has no TTL: it never expires by itself. If its holder is dead, it stays until somebody deletes it.</source>
        <translation>此键没有 TTL：永远不会自行过期。如果持有者已死，它会一直存在，直到有人删除。</translation>
    </message>
    <message>
        <source>The connection was lost since; the server confirmed it last %1 ago and is being asked again.</source>
        <translation>其间连接曾断开；服务器最近一次确认是在 %1前，正在重新询问。</translation>
    </message>
    <message>
        <source>The connection is lost; the server confirmed it last %1 ago. It may be gone or have another holder.</source>
        <translation>连接已断开；服务器最近一次确认是在 %1前。它可能已消失，或已换了持有者。</translation>
    </message>
    <message>
        <source>never expires</source>
        <translation>永不过期</translation>
    </message>
    <message>
        <source>at least %1</source>
        <translation>至少 %1</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>发现</translation>
    </message>
    <message>
        <source>Acquired</source>
        <translation>已获取</translation>
    </message>
    <message>
        <source>Renewed</source>
        <translation>已续期</translation>
    </message>
    <message>
        <source>Holder changed</source>
        <translation>持有者变更</translation>
    </message>
    <message>
        <source>Released</source>
        <translation>已释放</translation>
    </message>
    <message>
        <source>Expired</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>Evicted</source>
        <translation>被逐出</translation>
    </message>
    <message>
        <source>Lost its TTL</source>
        <translation>失去 TTL</translation>
    </message>
    <message>
        <source>Gap</source>
        <translation>缺口</translation>
    </message>
    <message>
        <source>Its deadline has passed %1 ago by the local clock; the server was asked and has not answered yet.</source>
        <translation>按本地时钟，其期限已过去 %1；已询问服务器，尚未收到答复。</translation>
    </message>
    <message>
        <source>No lock library was recognised: it is listed because its name was asked for.</source>
        <translation>未识别出任何锁库：列出它是因为其名称符合要求。</translation>
    </message>
    <message>
        <source>Taken for a lock of %1 with %2 % certainty.</source>
        <translation>识别为 %1 的锁，确定度 %2 %。</translation>
    </message>
    <message>
        <source>That is a guess from name and value: it may be no lock at all. --match with its name would settle it.</source>
        <translation>这是根据名称和值的推测：它可能根本不是锁。用 --match 指定其名称即可确定。</translation>
    </message>
    <message>
        <source>The server confirmed token and TTL %1 ago.</source>
        <translation>服务器在 %1 前确认了令牌和 TTL。</translation>
    </message>
    <message>
        <source>Held for %1; renewals seen by the same holder: %2.</source>
        <translation>已持有 %1；看到同一持有者续期 %2 次。</translation>
    </message>
    <message>
        <source>Held for %1; no renewal was seen.</source>
        <translation>已持有 %1；未看到续期。</translation>
    </message>
    <message>
        <source>Renewals seen by the same holder: %1, and then they stopped.</source>
        <translation>看到同一持有者续期 %1 次，随后停止。</translation>
    </message>
    <message>
        <source>%1 of %2 masters name this holder; %3 are needed.</source>
        <translation>%2 个主节点中有 %1 个认定此持有者；需要 %3 个。</translation>
    </message>
    <message>
        <source>Only %1 of %2 masters name this holder, and %3 are needed: nobody holds the lock, whatever a client believes.</source>
        <translation>%2 个主节点中只有 %1 个认定此持有者，而需要 %3 个：无论客户端如何认为，没有人持有此锁。</translation>
    </message>
    <message>
        <source>Other masters name another holder: the vote is split, and nobody gets in until a part of it has expired or is released.</source>
        <translation>其他主节点认定了另一个持有者：票数分裂，在其中一部分过期或释放之前，没有人能获得此锁。</translation>
    </message>
    <message>
        <source>Held by a quorum</source>
        <translation>由法定数持有</translation>
    </message>
    <message>
        <source>No quorum</source>
        <translation>未达法定数</translation>
    </message>
    <message>
        <source>no TTL</source>
        <translation>无 TTL</translation>
    </message>
    <message>
        <source>renewed without holder</source>
        <translation>无持有者却在续期</translation>
    </message>
    <message>
        <source>connection gone</source>
        <translation>连接已消失</translation>
    </message>
    <message>
        <source>held very long</source>
        <translation>持有过久</translation>
    </message>
    <message>
        <source>renewals missing</source>
        <translation>缺少续期</translation>
    </message>
    <message>
        <source>Nothing that was seen says that it is stuck.</source>
        <translation>没有迹象表明它卡住了。</translation>
    </message>
    <message>
        <source>That is no proof: ask whoever runs the holder before you end it.</source>
        <translation>这不是证明：结束它之前请先询问持有者的负责人。</translation>
    </message>
    <message>
        <source>Probably released</source>
        <translation>可能已释放</translation>
    </message>
    <message>
        <source>Probably expired</source>
        <translation>可能已到期</translation>
    </message>
</context>
<context>
    <name>lockscope::MainWindow</name>
    <message>
        <source>Locks</source>
        <translation>锁</translation>
    </message>
    <message>
        <source>Lock details</source>
        <translation>锁的详细信息</translation>
    </message>
    <message>
        <source>Activity</source>
        <translation>活动</translation>
    </message>
    <message>
        <source>Force-release: %1</source>
        <translation>强制释放：%1</translation>
    </message>
    <message>
        <source>The connection is lost. Trying again by itself.</source>
        <translation>连接已断开。正在自动重试。</translation>
    </message>
    <message>
        <source>The connection is lost since %1. Rows show what was known then. Trying again by itself.</source>
        <translation>连接自 %1 起断开。各行显示的是当时所知的情况。正在自动重试。</translation>
    </message>
    <message>
        <source>Changes since %1 may be missing; everything is being read anew.</source>
        <translation>%1 以来的变化可能有遗漏；正在重新读取全部内容。</translation>
    </message>
    <message>
        <source>End the selected locks, after a look at who holds them (%1)</source>
        <translation>先查看由谁持有，再结束所选的锁（%1）</translation>
    </message>
    <message>
        <source>Select a lock first</source>
        <translation>请先选择一把锁</translation>
    </message>
    <message>
        <source>Take a lock yourself (%1)</source>
        <translation>自己取得一把锁（%1）</translation>
    </message>
    <message>
        <source>Lockscope</source>
        <translation>Lockscope</translation>
    </message>
    <message>
        <source>read-only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>&amp;Connection</source>
        <translation>连接（&amp;C）</translation>
    </message>
    <message>
        <source>&amp;Lock</source>
        <translation>锁（&amp;L）</translation>
    </message>
    <message>
        <source>&amp;Table</source>
        <translation>表格（&amp;T）</translation>
    </message>
    <message>
        <source>&amp;Columns shown</source>
        <translation>显示的列（&amp;C）</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图（&amp;V）</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助（&amp;H）</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Light, dark, or as the desktop says</source>
        <translation>浅色、深色，或跟随桌面</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>&amp;Copy as</source>
        <translation>复制为（&amp;C）</translation>
    </message>
    <message numerus="yes">
        <source>At most %Ln locks can be selected at a time.</source>
        <translation>
            <numerusform>一次最多选择 %Ln 个锁。</numerusform>
        </translation>
    </message>
    <message>
        <source>Narrow the list with the filter first.</source>
        <translation>请先用筛选缩小列表。</translation>
    </message>
    <message>
        <source>Force-release of %1: %2</source>
        <translation>强制释放 %1：%2</translation>
    </message>
    <message>
        <source>The server cannot be reached. Trying again by itself.</source>
        <translation>无法连上服务器。正在自动重试。</translation>
    </message>
    <message>
        <source>%1 is not in the table.</source>
        <translation>%1 不在表中。</translation>
    </message>
    <message>
        <source>It has ended, or the filter hides it.</source>
        <translation>它已结束，或被筛选隐藏。</translation>
    </message>
    <message>
        <source>&amp;Sort by</source>
        <translation>排序依据(&amp;S)</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>分组</translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>另有 %Ln 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Your families file has faults; what it declared before stays in use.</source>
        <translation>您的家族文件有错误；之前声明的内容继续使用。</translation>
    </message>
    <message>
        <source>Your families file has faults and is not in use.</source>
        <translation>您的家族文件有错误，未被使用。</translation>
    </message>
    <message>
        <source>%1 of %2 masters up; not reached: %3. Trying again by itself.</source>
        <translation>%2 个主节点中 %1 个在线；无法连接：%3。正在自动重试。</translation>
    </message>
    <message>
        <source>Only %1 of %2 masters up, %3 make a quorum; not reached: %4. Trying again by itself.</source>
        <translation>%2 个主节点中仅 %1 个在线，法定人数为 %3；无法连接：%4。正在自动重试。</translation>
    </message>
    <message>
        <source>&amp;Restore…</source>
        <translation>恢复(&amp;R)…</translation>
    </message>
    <message numerus="yes">
        <source>%Ln locks</source>
        <translation>
            <numerusform>%Ln 把锁</numerusform>
        </translation>
    </message>
    <message>
        <source>Force-released: %1.</source>
        <translation>已强制释放：%1。</translation>
    </message>
    <message>
        <source>It can be put back from the audit log while its key is free and its lease would still run.</source>
        <translation>只要键空闲且租约尚未到期，就可以从审计日志中放回。</translation>
    </message>
    <message>
        <source>My locks</source>
        <translation>我的锁</translation>
    </message>
    <message>
        <source>You have lost the lock %1: %2</source>
        <translation>您已丢失锁 %1：%2</translation>
    </message>
    <message>
        <source>Somebody else may hold it by now. Stop what you were doing under it.</source>
        <translation>现在可能已被他人持有。请停止您在该锁保护下所做的操作。</translation>
    </message>
    <message>
        <source>What is lost…</source>
        <translation>失去什么…</translation>
    </message>
    <message>
        <source>This server does not allow %1.</source>
        <translation>此服务器不允许 %1。</translation>
    </message>
    <message>
        <source>Lockscope does without; the doctor says what that costs.</source>
        <translation>Lockscope 会设法绕过；诊断会说明代价。</translation>
    </message>
    <message>
        <source>The password of this connection could not be had.</source>
        <translation>无法取得此连接的密码。</translation>
    </message>
    <message>
        <source>&amp;Windows</source>
        <translation>窗口(&amp;W)</translation>
    </message>
</context>
<context>
    <name>lockscope::MessageStrip</name>
    <message>
        <source>Close this message</source>
        <translation>关闭此消息</translation>
    </message>
</context>
<context>
    <name>lockscope::NotificationQuestion</name>
    <message>
        <source>&amp;Switch on for the whole server</source>
        <translation>为整个服务器打开（&amp;S）</translation>
    </message>
    <message>
        <source>&amp;Not now</source>
        <translation>暂不（&amp;N）</translation>
    </message>
    <message>
        <source>Switch on keyspace notifications?</source>
        <translation>要打开键空间通知吗？</translation>
    </message>
    <message>
        <source>notify-keyspace-events changes from “%1” to “%2”. This is a setting of the whole server: it then publishes these changes of every key to whoever subscribes, which costs it a little time for each write. It stays on after Lockscope has gone, until somebody sets it back or the server restarts.</source>
        <translation>notify-keyspace-events 将从“%1”改为“%2”。这是整个服务器的设置：此后服务器会把每个键的这些变化发布给订阅者，每次写入因此要多花一点时间。Lockscope 退出后它仍然有效，直到有人改回或服务器重启。</translation>
    </message>
</context>
<context>
    <name>lockscope::Operations</name>
    <message>
        <source>a force-release needs at least one lock and a reason</source>
        <translation>强制释放至少需要一把锁和一个原因</translation>
    </message>
    <message>
        <source>SET was answered with something unknown</source>
        <translation>SET 得到了无法识别的应答</translation>
    </message>
    <message>
        <source>the lease was over before the answer came</source>
        <translation>应答到达之前租约已结束</translation>
    </message>
    <message>
        <source>; it had been taken and was released again</source>
        <translation>；锁曾被取得，随后已释放</translation>
    </message>
    <message>
        <source>; it is not held with this request&apos;s token</source>
        <translation>；此请求的令牌并未持有它</translation>
    </message>
    <message>
        <source>it is held with another token</source>
        <translation>它由另一个令牌持有</translation>
    </message>
    <message>
        <source>the key is a %1, which this lock family never leaves</source>
        <translation>此键的类型为 %1，这类锁从不留下这种键</translation>
    </message>
    <message>
        <source>the script was answered with something unknown</source>
        <translation>脚本得到了无法识别的应答</translation>
    </message>
    <message>
        <source>a lock needs a key and a TTL of at least 1 ms</source>
        <translation>锁需要一个键和至少 1 毫秒的 TTL</translation>
    </message>
    <message>
        <source>the TTL must be at least 1 ms</source>
        <translation>TTL 至少为 1 毫秒</translation>
    </message>
    <message>
        <source>no master serves the slot of this key</source>
        <translation>没有主节点负责此键的槽</translation>
    </message>
    <message>
        <source>no connection leads to this server</source>
        <translation>没有通往此服务器的连接</translation>
    </message>
    <message>
        <source>a restore goes to one master: connect to each of them by itself</source>
        <translation>恢复只能针对一个主节点：请分别连接每个主节点</translation>
    </message>
    <message>
        <source>arming the writes needs a reason</source>
        <translation>解锁写入需要填写原因</translation>
    </message>
    <message>
        <source>%1 of %2 masters did not answer</source>
        <translation>%2 台主节点中有 %1 台未应答</translation>
    </message>
    <message>
        <source>a connection is one server&apos;s: connect to that master by itself to close it</source>
        <translation>连接只属于一台服务器：请单独连接该主节点再关闭它</translation>
    </message>
    <message>
        <source>%1 holders share the lease of this key: setting it would end the others, too</source>
        <translation>%1 个持有者共用该键的租约：设置它也会结束其他持有者</translation>
    </message>
    <message>
        <source>this holder is a reader: in its place you would keep out writers only, and other readers would get in</source>
        <translation>该持有者是读者：取代它只能挡住写者，其他读者仍会进入</translation>
    </message>
    <message>
        <source>the key that says when the lock ends lies in another slot of the cluster</source>
        <translation>记录锁何时结束的键位于集群的另一个槽</translation>
    </message>
    <message>
        <source>this act needs the token that holds the lock</source>
        <translation>此操作需要持有该锁的令牌</translation>
    </message>
    <message>
        <source>closing a connection needs its id and address</source>
        <translation>关闭连接需要其编号和地址</translation>
    </message>
    <message>
        <source>taking over needs another token than the holder&apos;s</source>
        <translation>接管需要与持有者不同的令牌</translation>
    </message>
    <message>
        <source>in this cluster these keys of the lock lie in other slots, so one script cannot do it all: %1. It can be done for the lock&apos;s own key alone; what these keep then stays, and who waits there is not woken</source>
        <translation>在此集群中锁的这些键位于其他槽，一个脚本无法全部完成：%1。可以只对锁自身的键操作；这些键的内容会保留，在那里等待者不会被唤醒</translation>
    </message>
    <message>
        <source>its name contains the holder&apos;s token or id</source>
        <translation>其名称包含持有者的令牌或标识</translation>
    </message>
    <message>
        <source>its name contains the holder&apos;s host and process</source>
        <translation>其名称包含持有者的主机和进程</translation>
    </message>
    <message>
        <source>its name contains the holder&apos;s host; there may be several programs on it</source>
        <translation>其名称包含持有者的主机；该主机上可能有多个程序</translation>
    </message>
    <message>
        <source>it comes from the holder&apos;s address; there may be several programs on it</source>
        <translation>它来自持有者的地址；该地址上可能有多个程序</translation>
    </message>
    <message>
        <source>there is no connection with this id and address any more</source>
        <translation>已没有具有此编号和地址的连接</translation>
    </message>
    <message>
        <source>%1 of %2 masters agreed, %3 are needed; these failed: %4</source>
        <translation>%2 台主节点中有 %1 台同意，需要 %3 台；以下失败：%4</translation>
    </message>
    <message>
        <source>somebody else holds it on %1 of %2 masters</source>
        <translation>在 %2 台主节点中的 %1 台上由他人持有</translation>
    </message>
    <message>
        <source>it is gone from %1 of %2 masters</source>
        <translation>在 %2 台主节点中的 %1 台上已不存在</translation>
    </message>
    <message>
        <source>another token holds it on %1 of %2 masters</source>
        <translation>在 %2 台主节点中的 %1 台上由另一令牌持有</translation>
    </message>
    <message>
        <source>the fencing counter is no number</source>
        <translation>防护计数器不是数字</translation>
    </message>
    <message>
        <source>nobody holds it: there is no such key any more</source>
        <translation>无人持有：该键已不存在</translation>
    </message>
</context>
<context>
    <name>lockscope::RatePlot</name>
    <message>
        <source>%1/s</source>
        <translation>%1/秒</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
</context>
<context>
    <name>lockscope::Recipes</name>
    <message>
        <source>Deletes the key if it still holds this token. The holder is not told: it may go on believing that it has the lock.</source>
        <translation>如果键中仍是此令牌，则删除该键。持有者不会得到通知：它可能仍以为自己持有此锁。</translation>
    </message>
    <message>
        <source>Removes this one reader; the others stay. A waiting writer finds out when it asks again. The reader is told at its next renewal.</source>
        <translation>只移除这一个读取者，其他读取者保留。等待中的写入者在下次询问时得知。该读取者在下次续期时得知。</translation>
    </message>
    <message>
        <source>Removes this one holder; the others stay. Waiters find out when they ask again. The holder is told at its next renewal.</source>
        <translation>只移除这一个持有者，其他持有者保留。等待者在下次询问时得知。该持有者在下次续期时得知。</translation>
    </message>
    <message>
        <source>Empties the queue and deletes the lock if it still has this holder, as the library&apos;s own release of a lock by name does. The waiters line up again by themselves, perhaps in another order.</source>
        <translation>如果锁仍由此持有者持有，则清空队列并删除锁，与该库按名称释放锁的做法相同。等待者会自行重新排队，顺序可能不同。</translation>
    </message>
    <message>
        <source>Deletes the lock if it still has this holder, however often it has entered, drops dead waiters from a fair lock&apos;s queue, and wakes the next waiter as Redisson does. The fencing counter stays. The holder goes on running; its unlock() will fail.</source>
        <translation>如果锁仍由此持有者持有，则无论其重入多少次都删除锁，清除公平锁队列中已失效的等待者，并像 Redisson 那样唤醒下一个等待者。防护令牌计数器保留。持有者继续运行，其 unlock() 将失败。</translation>
    </message>
    <message>
        <source>Removes one value&apos;s lock from the group, if it still has this holder, and wakes the waiters as Redisson does. Other values of the group stay locked.</source>
        <translation>如果该值的锁仍由此持有者持有，则将其从组中移除，并像 Redisson 那样唤醒等待者。组中其他值仍被锁定。</translation>
    </message>
    <message>
        <source>Takes this one permit back, adds it to the free ones, and tells the waiters the new number as Redisson does. The other permits stay.</source>
        <translation>只收回这一个许可，将其加入空闲许可，并像 Redisson 那样把新的数目告知等待者。其他许可保留。</translation>
    </message>
    <message>
        <source>Removes this one reader with its holds, or the writer with everything its thread has read. When nobody is left, the lock is deleted and the waiters are woken as Redisson does. The holder goes on running; its unlock() will fail.</source>
        <translation>移除这一个读取者及其持有记录，或移除写入者及其线程的全部读锁。当不再有任何持有者时，删除锁并像 Redisson 那样唤醒等待者。持有者继续运行，其 unlock() 将失败。</translation>
    </message>
    <message>
        <source>Adds one permit, if the number of free permits is still the one that was shown, and tells the waiters the new number as Redisson does. Whose permit it was is not known: if its holder gives it back later, there is one too many.</source>
        <translation>如果空闲许可数仍与所显示的相同，则增加一个许可，并像 Redisson 那样把新的数目告知等待者。无从得知是谁的许可：如果其持有者之后再归还，就会多出一个。</translation>
    </message>
    <message>
        <source>Removes this job from the lock. If no other job holds it, its digest and description and their entries in the index go too. A job of version 8 that waits is let in. The job itself goes on running.</source>
        <translation>将此任务从锁中移除。如果没有其他任务持有该锁，其摘要、描述以及索引中的条目也一并删除。等待中的版本 8 任务将获准进入。任务本身继续运行。</translation>
    </message>
    <message>
        <source>Deletes the key if it still holds this token. The holder is not told and may come back: its renewal creates a missing key again within 6 s.</source>
        <translation>如果键仍持有此令牌，则删除它。持有者不会得到通知，而且可能重新出现：它的续约会在 6 秒内再次创建缺失的键。</translation>
    </message>
    <message>
        <source>Deletes the key if it still holds this token: the same task can then be queued again. The task itself is not touched.</source>
        <translation>如果键仍持有此令牌，则删除它：之后相同的任务可以再次入队。任务本身不受影响。</translation>
    </message>
    <message>
        <source>Deletes the lock of the job if it still holds this token. That does not free the job: the stalled check of the queue puts it back after up to two intervals (30 s each). If the worker still runs, the job then runs twice.</source>
        <translation>如果作业的锁仍持有此令牌，则删除该锁。这并不会释放作业：队列的停滞检查最多在两个间隔（每个 30 秒）之后将其放回。如果工作进程仍在运行，该作业会运行两次。</translation>
    </message>
    <message>
        <source>Deletes the key if it still holds this token. The holder learns it at its next renewal.</source>
        <translation>如果键仍持有此令牌，则删除它。持有者会在下一次续约时得知。</translation>
    </message>
    <message>
        <source>Deletes the key if it still holds this token, and the key with the time when it expires. In a cluster that one only where both lie in one slot. The holder is not told.</source>
        <translation>如果键仍持有此令牌，则删除它以及存有到期时间的键；在集群中，后者仅在两个键位于同一槽时才删除。持有者不会得到通知。</translation>
    </message>
    <message>
        <source>Deletes the key if it still holds this token, and puts one element into the signal list, so that a waiter wakes. In a cluster the waiter is only woken where both keys lie in one slot. The holder is not told.</source>
        <translation>如果键仍持有此令牌，则删除它，并向信号列表放入一个元素，使一个等待者醒来；在集群中，仅当两个键位于同一槽时才会唤醒等待者。持有者不会得到通知。</translation>
    </message>
    <message>
        <source>Deletes the key if it is still empty: the library writes no token, so another holder cannot be told apart. The holder is not told.</source>
        <translation>如果键仍为空，则删除它：该库不写入令牌，因此无法区分其他持有者。持有者不会得到通知。</translation>
    </message>
    <message>
        <source>Deletes the key if it still holds this token. The holder is not told and may come back: its timer creates a missing key again when half of the lease has passed.</source>
        <translation>如果键仍持有此令牌，则删除它。持有者不会得到通知，而且可能重新出现：租约过半时，它的定时器会再次创建缺失的键。</translation>
    </message>
    <message>
        <source>Deletes the key if it still holds this token, and the sibling keys that hold it too: with the majority gone the context of the holder is cancelled at once. In a cluster the siblings lie in other slots, and each has to be released by itself.</source>
        <translation>如果键仍持有此令牌，则删除它以及同样持有该令牌的兄弟键：多数键消失后，持有者的上下文会立即取消。在集群中，兄弟键位于其他槽，需要逐个释放。</translation>
    </message>
    <message>
        <source>Deletes the key if it still holds this token. The job may have ended already: the lock then only stood for lockAtLeastFor. A job that still runs is not told, and the same job may start again.</source>
        <translation>如果键仍持有此令牌，则删除它。作业可能已经结束：此时锁只是为 lockAtLeastFor 而保留。仍在运行的作业不会得到通知，同一作业可能再次启动。</translation>
    </message>
    <message>
        <source>Deletes the key if it still holds this token, and publishes its name on the channel of the registry, so that waiters wake. The holder is not told before its next renewal.</source>
        <translation>如果键仍持有此令牌，则删除它，并在注册表的频道上发布其名称，使等待者醒来。持有者在下一次续约之前不会得到通知。</translation>
    </message>
    <message>
        <source>Removes this token and the mark of exclusive use; other readers stay, with the lease of the longest. Waiters find out when they ask again.</source>
        <translation>移除此令牌和独占标记；其他读取者保留，租约取其中最长者。等待者在下次询问时得知。</translation>
    </message>
    <message>
        <source>Deletes the lock if it still has this token, and its auxiliary keys with it, and wakes the waiters as the families file declares it. The holder is not told.</source>
        <translation>如果锁仍是此令牌，则删除它及其辅助键，并按家族文件的声明唤醒等待者。持有者不会得到通知。</translation>
    </message>
    <message>
        <source>Removes this one holder if it is still there, and wakes the waiters as the families file declares it. When nobody is left, the lock and its auxiliary keys are gone. The holder is not told.</source>
        <translation>如果此持有者仍在，则移除这一个，并按家族文件的声明唤醒等待者。无人持有时，锁及其辅助键即消失。持有者不会得到通知。</translation>
    </message>
    <message>
        <source>Removes the field of this one lock; the results of tasks stay. Tasks that found it locked have failed already and are not woken.</source>
        <translation>移除这一把锁的字段；任务的结果保留。发现它被锁定的任务已经失败，不会被唤醒。</translation>
    </message>
    <message>
        <source>Opens the latch if its count is still the one that was shown: deletes it and tells everybody who waits, as the last countDown() does. What they waited for has not happened.</source>
        <translation>如果计数仍是所显示的值，则打开此闭锁：像最后一次 countDown() 那样删除它并通知所有等待者。他们所等待的事并未发生。</translation>
    </message>
    <message>
        <source>The value is the time when the lock expires: an operator&apos;s token in its place would be read as a time, and let others in.</source>
        <translation>该值是锁的过期时间：换成操作者的令牌会被当作时间读取，从而让他人进入。</translation>
    </message>
    <message>
        <source>A reader&apos;s place keeps out writers only: other readers would still get in. Take the writer&apos;s place instead.</source>
        <translation>读者的位置只能挡住写者：其他读者仍会进入。请改为占据写者的位置。</translation>
    </message>
    <message>
        <source>The lease ends earlier, if this token still holds the lock; it never ends later than now. A holder that renews sets it back to its full length at its next renewal.</source>
        <translation>若该令牌仍持有锁，则租约提前结束；绝不会比现在更晚。会续期的持有者在下次续期时会恢复其完整长度。</translation>
    </message>
    <message>
        <source>The lock gets a TTL, if this token still holds it and it has none. From then on it ends by itself.</source>
        <translation>若该令牌仍持有锁且锁没有 TTL，则加上 TTL。此后它会自行结束。</translation>
    </message>
    <message>
        <source>A token of yours takes the place of the holder&apos;s, so that nobody else gets in while you study the case. It ends by itself at the time you give, and can be handed back before. The old holder goes on running, and learns of it only when it renews or releases.</source>
        <translation>您的令牌取代持有者的令牌，使您调查期间无人能进入。它在您给定的时间自行结束，也可提前归还。旧持有者继续运行，只有在续期或释放时才会得知。</translation>
    </message>
    <message>
        <source>The old token comes back with what was left of its lease, if yours is still there. A holder that has noticed the loss meanwhile does not renew any more: then the lock ends with that lease.</source>
        <translation>若您的令牌仍在，则旧令牌带着剩余的租约回来。期间察觉丢失的持有者不再续期：锁将随该租约结束。</translation>
    </message>
    <message>
        <source>Closes one client&apos;s connection by its id and address. The lock is not touched: it stays until its lease ends. The program may connect again at once and still believe that it holds the lock.</source>
        <translation>按编号和地址关闭一个客户端的连接。锁不会被动：它一直保留到租约结束。程序可能立即重新连接，并仍以为自己持有锁。</translation>
    </message>
    <message>
        <source>The lock has no TTL by design: a second key says when it ends. Shorten the lease instead.</source>
        <translation>该锁按设计没有 TTL：由另一个键说明何时结束。请改为缩短租约。</translation>
    </message>
    <message>
        <source>The key holds the times at which holders came or renewed; how long a lease is, the programs alone know. So no end can be set.</source>
        <translation>该键保存持有者到来或续期的时间；租约多长只有程序知道。因此无法设置结束时间。</translation>
    </message>
    <message>
        <source>Each holder has an end of its own in the key, so none is without one.</source>
        <translation>每个持有者在该键中都有自己的结束时间，因此没有缺失的。</translation>
    </message>
    <message>
        <source>The key holds a number of free permits and nothing of who has the others: there is no lease and no token.</source>
        <translation>该键只保存空闲许可数，不记录其余许可归谁：既无租约也无令牌。</translation>
    </message>
    <message>
        <source>The gem collects locks whose job it does not find, every 600 s: an operator&apos;s token would be taken for one.</source>
        <translation>该 gem 每 600 秒回收找不到作业的锁：操作者的令牌会被当成这样的锁。</translation>
    </message>
    <message>
        <source>Of declared families only locks whose key is a string with the token as its value can be changed; others can only be released.</source>
        <translation>在自行声明的锁族中，只有键为字符串且其值为令牌的锁可以更改；其他的只能释放。</translation>
    </message>
    <message>
        <source>The lock is one field of a hash that also holds results: it has no lease, and nobody compares its value.</source>
        <translation>该锁是一个同时存放结果的哈希中的一个字段：它没有租约，也没有谁比较其值。</translation>
    </message>
    <message>
        <source>A latch is a count that others wait for: nobody holds it, and there is no lease and no token.</source>
        <translation>闩锁是他人等待的计数：没有持有者，也没有租约和令牌。</translation>
    </message>
</context>
<context>
    <name>lockscope::Redis</name>
    <message>
        <source>the URI has no scheme; write redis://HOST:PORT</source>
        <translation>URI 没有方案；请写成 redis://HOST:PORT</translation>
    </message>
    <message>
        <source>after the scheme of the URI comes ://</source>
        <translation>URI 的方案之后应为 ://</translation>
    </message>
    <message>
        <source>the URI&apos;s scheme is none of redis, rediss, unix, redis-sentinel, redis-cluster, sandbox</source>
        <translation>URI 的方案不是 redis、rediss、unix、redis-sentinel、redis-cluster、sandbox 之一</translation>
    </message>
    <message>
        <source>after sandbox: only ?NAME=VALUE may follow</source>
        <translation>sandbox: 之后只能是 ?NAME=VALUE</translation>
    </message>
    <message>
        <source>the path of a Unix socket is absolute: unix:///run/redis.sock</source>
        <translation>Unix 套接字的路径必须是绝对路径：unix:///run/redis.sock</translation>
    </message>
    <message>
        <source>what stands in brackets must be an IPv6 address</source>
        <translation>方括号中必须是 IPv6 地址</translation>
    </message>
    <message>
        <source>more than one colon in the address; an IPv6 address stands in brackets</source>
        <translation>地址中有多个冒号；IPv6 地址应写在方括号中</translation>
    </message>
    <message>
        <source>the URI has no host</source>
        <translation>URI 中没有主机</translation>
    </message>
    <message>
        <source>the host has a character that no host name has</source>
        <translation>主机名中含有不允许的字符</translation>
    </message>
    <message>
        <source>the port must be a number from 1 to 65535; / and ? in a password are written %2F and %3F</source>
        <translation>端口必须是 1 到 65535 的数字；密码中的 / 和 ? 请写成 %2F 和 %3F</translation>
    </message>
    <message>
        <source>the URI has no path of a Unix socket</source>
        <translation>URI 中没有 Unix 套接字的路径</translation>
    </message>
    <message>
        <source>the database must be a number from 0 on</source>
        <translation>数据库必须是不小于 0 的数字</translation>
    </message>
    <message>
        <source>an option of the URI is written NAME=VALUE</source>
        <translation>URI 的选项写作 NAME=VALUE</translation>
    </message>
    <message>
        <source>the option %1 stands twice in the URI</source>
        <translation>选项 %1 在 URI 中出现了两次</translation>
    </message>
    <message>
        <source>the URI has an option that its scheme does not know</source>
        <translation>URI 中有其方案不认识的选项</translation>
    </message>
    <message>
        <source>insecure is true or false</source>
        <translation>insecure 只能是 true 或 false</translation>
    </message>
    <message>
        <source>the option %1 has no value</source>
        <translation>选项 %1 没有值</translation>
    </message>
    <message>
        <source>masters is a number from 1 to %1</source>
        <translation>masters 是 1 到 %1 的数字</translation>
    </message>
    <message>
        <source>workload is demo or none</source>
        <translation>workload 只能是 demo 或 none</translation>
    </message>
    <message>
        <source>the sandbox knows the options masters and workload</source>
        <translation>沙箱的选项为 masters 和 workload</translation>
    </message>
    <message>
        <source>a Sentinel URI names its master: ?master=NAME</source>
        <translation>Sentinel URI 需要指明主节点：?master=NAME</translation>
    </message>
    <message>
        <source>a cluster has database 0 only</source>
        <translation>集群只有数据库 0</translation>
    </message>
    <message>
        <source>cert and key go together</source>
        <translation>cert 和 key 必须同时给出</translation>
    </message>
    <message>
        <source>the cluster serves no slots yet</source>
        <translation>集群尚未提供任何槽</translation>
    </message>
    <message>
        <source>only a production connection has its writes armed</source>
        <translation>只有生产连接才需要解锁写入</translation>
    </message>
    <message>
        <source>Sentinel knows no master of the name %1</source>
        <translation>Sentinel 不知道名为 %1 的主节点</translation>
    </message>
    <message>
        <source>several URIs are independent masters: each must be a single server, not Sentinel, a cluster or the sandbox</source>
        <translation>多个 URI 是独立主节点：每个都必须是单台服务器，不能是 Sentinel、集群或沙箱</translation>
    </message>
    <message>
        <source>%1 is given twice: each master of a quorum counts once</source>
        <translation>%1 给出了两次：法定数中的每台主节点只计一次</translation>
    </message>
    <message>
        <source>a server to connect to is missing</source>
        <translation>缺少要连接的服务器</translation>
    </message>
    <message>
        <source>ssh is [USER@]HOST[:PORT], the host a name, an address, or an alias of your ssh configuration</source>
        <translation>ssh 的写法是 [USER@]HOST[:PORT]，HOST 是名称、地址或您的 ssh 配置中的别名</translation>
    </message>
    <message>
        <source>ssh is not on this machine (Debian package: openssh-client)</source>
        <translation>本机没有 ssh（Debian 软件包：openssh-client）</translation>
    </message>
    <message>
        <source>ssh was ended by a signal</source>
        <translation>ssh 被信号终止</translation>
    </message>
    <message>
        <source>ssh has ended</source>
        <translation>ssh 已结束</translation>
    </message>
    <message>
        <source>the far end cannot reach the server, or does not allow it (AllowTcpForwarding, PermitOpen)</source>
        <translation>远端无法连到服务器，或不允许转发（AllowTcpForwarding、PermitOpen）</translation>
    </message>
    <message>
        <source>nobody that is trusted here has signed the certificate</source>
        <translation>证书并非由此处信任的机构签发</translation>
    </message>
    <message>
        <source>the certificate is for another host</source>
        <translation>证书属于另一台主机</translation>
    </message>
    <message>
        <source>the certificate has expired, or is not valid yet</source>
        <translation>证书已过期，或尚未生效</translation>
    </message>
    <message>
        <source>the certificate is not accepted</source>
        <translation>证书未被接受</translation>
    </message>
    <message>
        <source>it is for %1</source>
        <translation>它属于 %1</translation>
    </message>
    <message>
        <source>scan is master or replica</source>
        <translation>scan 为 master 或 replica</translation>
    </message>
</context>
<context>
    <name>lockscope::ReleaseList</name>
    <message>
        <source>looking…</source>
        <translation>查看中…</translation>
    </message>
    <message>
        <source>as you saw it</source>
        <translation>与您所见一致</translation>
    </message>
    <message>
        <source>new holder chosen</source>
        <translation>已选择新持有者</translation>
    </message>
    <message>
        <source>holder changed</source>
        <translation>持有者已变</translation>
    </message>
    <message>
        <source>gone</source>
        <translation>已消失</translation>
    </message>
    <message>
        <source>not read</source>
        <translation>未读到</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>已排除</translation>
    </message>
    <message>
        <source>, next after %1</source>
        <translation>，%1 后有下一个</translation>
    </message>
    <message>
        <source>no TTL</source>
        <translation>无 TTL</translation>
    </message>
    <message>
        <source>Locks, each with a box to leave it out</source>
        <translation>锁，每个带有可排除的复选框</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Holder</source>
        <translation>持有者</translation>
    </message>
    <message>
        <source>Remaining</source>
        <translation>剩余</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
</context>
<context>
    <name>lockscope::ReleaseReview</name>
    <message>
        <source>Refused; nothing was deleted.</source>
        <translation>已被拒绝；没有删除任何内容。</translation>
    </message>
    <message>
        <source>Outcome unknown: the answer was lost after the command was sent. It is not sent again.</source>
        <translation>结果未知：命令发出后应答丢失。没有重发。</translation>
    </message>
    <message>
        <source>No later look was possible: look at the key before you decide.</source>
        <translation>之后无法再次查看：决定之前请先查看该键。</translation>
    </message>
    <message>
        <source>A later look found the key gone.</source>
        <translation>之后查看发现键已消失。</translation>
    </message>
    <message>
        <source>A later look found it still held with the same token.</source>
        <translation>之后查看发现它仍由同一令牌持有。</translation>
    </message>
    <message>
        <source>A later look found another holder: %1.</source>
        <translation>之后查看发现另一持有者：%1。</translation>
    </message>
    <message>
        <source>released</source>
        <translation>已释放</translation>
    </message>
    <message>
        <source>already gone</source>
        <translation>已不存在</translation>
    </message>
    <message>
        <source>holder changed</source>
        <translation>持有者已变更</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>已被拒绝</translation>
    </message>
    <message>
        <source>outcome unknown</source>
        <translation>结果未知</translation>
    </message>
    <message>
        <source>Released. The row goes as soon as the server reports it.</source>
        <translation>已释放。服务器报告后该行就会消失。</translation>
    </message>
    <message>
        <source>Already gone; nothing was deleted.</source>
        <translation>已不存在；没有删除任何内容。</translation>
    </message>
    <message>
        <source>Not released: now held with another token, %1.</source>
        <translation>未释放：现由另一令牌 %1 持有。</translation>
    </message>
    <message>
        <source>The lease was shortened to %1.</source>
        <translation>租约已缩短为 %1。</translation>
    </message>
    <message>
        <source>The lock has a TTL of %1 now.</source>
        <translation>锁现在的 TTL 为 %1。</translation>
    </message>
    <message>
        <source>You hold it for %1, with the token %2. It ends by itself, and can be handed back before.</source>
        <translation>您持有它 %1，令牌为 %2。它会自行结束，也可提前归还。</translation>
    </message>
    <message>
        <source>Handed back to the old token.</source>
        <translation>已归还给旧令牌。</translation>
    </message>
    <message>
        <source>The connection %1 was closed. The lock is as it was; the program may connect again.</source>
        <translation>连接 %1 已关闭。锁保持原样；程序可能重新连接。</translation>
    </message>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>nothing to do</source>
        <translation>无需操作</translation>
    </message>
    <message>
        <source>not sent</source>
        <translation>未发送</translation>
    </message>
    <message>
        <source>It has a TTL already.</source>
        <translation>它已有 TTL。</translation>
    </message>
    <message>
        <source>You have not taken it over in this window.</source>
        <translation>您没有在此窗口中接管它。</translation>
    </message>
    <message>
        <source>Nothing tells which connection is the holder&apos;s.</source>
        <translation>无法判断哪个连接属于持有者。</translation>
    </message>
    <message>
        <source>One lock at a time.</source>
        <translation>一次一个锁。</translation>
    </message>
    <message>
        <source>Nothing had to be done: its lease is as short, or it has a TTL.</source>
        <translation>无需操作：租约已足够短，或已有 TTL。</translation>
    </message>
    <message>
        <source>Not sent: stopped before its turn.</source>
        <translation>未发送：轮到之前已停止。</translation>
    </message>
    <message>
        <source>Released. %1</source>
        <translation>已释放。%1</translation>
    </message>
</context>
<context>
    <name>lockscope::ReportButtons</name>
    <message>
        <source>Cop&amp;y report</source>
        <translation>复制报告(&amp;Y)</translation>
    </message>
    <message>
        <source>&amp;Save report…</source>
        <translation>保存报告(&amp;S)…</translation>
    </message>
    <message>
        <source>As CSV, with fingerprints in the place of tokens</source>
        <translation>CSV 格式，以指纹代替令牌</translation>
    </message>
    <message>
        <source>Save report</source>
        <translation>保存报告</translation>
    </message>
    <message>
        <source>CSV (*.csv);;JSON (*.json)</source>
        <translation>CSV (*.csv);;JSON (*.json)</translation>
    </message>
</context>
<context>
    <name>lockscope::Restore</name>
    <message>
        <source>its value was too large to keep</source>
        <translation>其值太大，没有保留</translation>
    </message>
    <message>
        <source>its value could not be read before the act (DUMP was not permitted, say)</source>
        <translation>操作前未能读取其值（例如没有 DUMP 权限）</translation>
    </message>
    <message>
        <source>it has no value that could come back</source>
        <translation>它没有可以放回的值</translation>
    </message>
    <message>
        <source>entry %1 changed nothing (%2): there is nothing to put back</source>
        <translation>条目 %1 没有更改任何内容（%2）：没有可放回的</translation>
    </message>
    <message>
        <source>entry %1 cannot be put back: %2</source>
        <translation>条目 %1 无法放回：%2</translation>
    </message>
    <message>
        <source>entry %1 is of %2, database %3, and this is %4, database %5: connect there, or say --on-other-server to lockscope-cli restore</source>
        <translation>条目 %1 属于 %2 的数据库 %3，而这里是 %4 的数据库 %5：请连接到那里，或在 lockscope-cli restore 中使用 --on-other-server</translation>
    </message>
</context>
<context>
    <name>lockscope::RestoreDialog</name>
    <message>
        <source>&amp;Restore</source>
        <translation>恢复(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>取消(&amp;C)</translation>
    </message>
    <message>
        <source>Restore a lock</source>
        <translation>恢复一把锁</translation>
    </message>
    <message>
        <source>Puts the key back with its old value and what is left of its TTL, only while nobody has the key. Its holder is not told; it may have given up meanwhile.</source>
        <translation>以旧值和剩余的 TTL 放回该键，且仅当键空闲时。不会通知其持有者；它可能已经放弃。</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>why it comes back, for the audit log</source>
        <translation>为何放回，供审计日志</translation>
    </message>
    <message>
        <source>Key:</source>
        <translation>键：</translation>
    </message>
    <message>
        <source>Token:</source>
        <translation>令牌：</translation>
    </message>
    <message>
        <source>Ended:</source>
        <translation>结束于：</translation>
    </message>
    <message>
        <source>%1 by %2: %3</source>
        <translation>%1，%2：%3</translation>
    </message>
    <message>
        <source>Server:</source>
        <translation>服务器：</translation>
    </message>
    <message>
        <source>&amp;Reason (required):</source>
        <translation>原因（必填）(&amp;R)：</translation>
    </message>
    <message>
        <source>Waiting for the server&apos;s answer</source>
        <translation>正在等待服务器的应答</translation>
    </message>
    <message>
        <source>Production: arm the writes first</source>
        <translation>生产环境：请先解锁写入</translation>
    </message>
    <message>
        <source>This connection is read-only</source>
        <translation>此连接为只读</translation>
    </message>
    <message>
        <source>A reason is required</source>
        <translation>必须填写原因</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>关闭(&amp;C)</translation>
    </message>
</context>
<context>
    <name>lockscope::RhythmStrip</name>
    <message>
        <source>Renewal rhythm</source>
        <translation>续期节奏</translation>
    </message>
    <message>
        <source>nothing was seen yet</source>
        <translation>尚未看到任何情况</translation>
    </message>
    <message>
        <source>no TTL: there is nothing to renew</source>
        <translation>无 TTL：没有可续期的</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <comment>left end of the strip</comment>
        <translation>%1前</translation>
    </message>
    <message>
        <source>in %1</source>
        <comment>right end of the strip</comment>
        <translation>%1后</translation>
    </message>
    <message>
        <source>A renewal was due at %1 and did not come.</source>
        <translation>应在 %1 续期，但没有到来。</translation>
    </message>
    <message>
        <source>Renewed at %1.</source>
        <translation>于 %1 续期。</translation>
    </message>
    <message>
        <source>%1 after the one before.</source>
        <translation>距上一次 %1。</translation>
    </message>
    <message>
        <source>From %1 to %2 nobody was watching: what happened then is not known.</source>
        <translation>从 %1 到 %2 无人观察：期间发生了什么未知。</translation>
    </message>
    <message>
        <source>Unless it is renewed, the lease ends at %1.</source>
        <translation>若不续期，租约将于 %1 结束。</translation>
    </message>
    <message>
        <source>The lease ran down from %1 to %2.</source>
        <translation>租约从 %1 减少到 %2。</translation>
    </message>
</context>
<context>
    <name>lockscope::Roles</name>
    <message>
        <source>writer, or the mark of a writer that waits</source>
        <translation>写入者，或等待中的写入者留下的标记</translation>
    </message>
    <message>
        <source>waiter queue</source>
        <translation>等待队列</translation>
    </message>
    <message>
        <source>waiter queue of a fair lock</source>
        <translation>公平锁的等待队列</translation>
    </message>
    <message>
        <source>deadlines of a fair lock&apos;s waiters</source>
        <translation>公平锁等待者的截止时间</translation>
    </message>
    <message>
        <source>fencing counter</source>
        <translation>防护令牌计数器</translation>
    </message>
    <message>
        <source>number of free permits</source>
        <translation>空闲许可数</translation>
    </message>
    <message>
        <source>digest of the job</source>
        <translation>任务的摘要</translation>
    </message>
    <message>
        <source>jobs that may take the lock next</source>
        <translation>接下来可以获取锁的任务</translation>
    </message>
    <message>
        <source>jobs that are taking the lock</source>
        <translation>正在获取锁的任务</translation>
    </message>
    <message>
        <source>description of the lock</source>
        <translation>锁的描述</translation>
    </message>
    <message>
        <source>job</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>jobs that may have stalled</source>
        <translation>可能已停滞的作业</translation>
    </message>
    <message>
        <source>readers</source>
        <translation>读者</translation>
    </message>
    <message>
        <source>time when it expires</source>
        <translation>到期时间</translation>
    </message>
    <message>
        <source>signal list</source>
        <translation>信号列表</translation>
    </message>
    <message>
        <source>the same lock once more: a majority holds it</source>
        <translation>同一把锁的另一份：多数键即持有</translation>
    </message>
    <message>
        <source>index of all digests</source>
        <translation>所有摘要的索引</translation>
    </message>
    <message>
        <source>auxiliary key, deleted with the lock</source>
        <translation>辅助键，随锁删除</translation>
    </message>
    <message>
        <source>auxiliary key, kept</source>
        <translation>辅助键，保留</translation>
    </message>
    <message>
        <source>list that wakes a waiter</source>
        <translation>唤醒等待者的列表</translation>
    </message>
</context>
<context>
    <name>lockscope::Rules</name>
    <message>
        <source>UUID version 1: its time and network node</source>
        <translation>UUID 版本 1：其中的时间和网络节点</translation>
    </message>
    <message>
        <source>host and process in the token</source>
        <translation>令牌中的主机和进程</translation>
    </message>
    <message>
        <source>fields of the JSON token</source>
        <translation>JSON 令牌中的字段</translation>
    </message>
    <message>
        <source>time and host as ShedLock writes them</source>
        <translation>ShedLock 写入的时间和主机</translation>
    </message>
    <message>
        <source>named by the operator</source>
        <translation>由操作者指定</translation>
    </message>
    <message>
        <source>named by the operator, and it has a TTL</source>
        <translation>由操作者指定，并且有 TTL</translation>
    </message>
    <message>
        <source>named by the operator, with a TTL and a value shaped like a token</source>
        <translation>由操作者指定，有 TTL，且值的形式像令牌</translation>
    </message>
    <message>
        <source>the name says lock</source>
        <translation>名称表明是锁</translation>
    </message>
    <message>
        <source>the name says lock, and it has a TTL</source>
        <translation>名称表明是锁，并且有 TTL</translation>
    </message>
    <message>
        <source>the name says lock, with a TTL and a value shaped like a token</source>
        <translation>名称表明是锁，有 TTL，且值的形式像令牌</translation>
    </message>
    <message>
        <source>a value shaped like a token, and a TTL</source>
        <translation>值的形式像令牌，并且有 TTL</translation>
    </message>
    <message>
        <source>milliseconds since 1970 in the token</source>
        <translation>令牌中自 1970 年以来的毫秒数</translation>
    </message>
    <message>
        <source>a set named NAME.readers of MACHINE_PID_GUID, and a TTL</source>
        <translation>名为 NAME.readers 的集合，成员为 MACHINE_PID_GUID，并且有 TTL</translation>
    </message>
    <message>
        <source>a set named NAME.readers of MACHINE_PID_GUID, but no TTL</source>
        <translation>名为 NAME.readers 的集合，成员为 MACHINE_PID_GUID，但没有 TTL</translation>
    </message>
    <message>
        <source>a sorted set of MACHINE_PID_GUID with deadlines, and a TTL</source>
        <translation>有序集合，成员为 MACHINE_PID_GUID，分数为截止时间，并且有 TTL</translation>
    </message>
    <message>
        <source>a sorted set of MACHINE_PID_GUID with deadlines, but no TTL</source>
        <translation>有序集合，成员为 MACHINE_PID_GUID，分数为截止时间，但没有 TTL</translation>
    </message>
    <message>
        <source>machine and process as DistributedLock writes them</source>
        <translation>DistributedLock 写入的机器名和进程号</translation>
    </message>
    <message>
        <source>a hash named rql:lock:NAME with acq_id, hst_id, ts and ini_ttl</source>
        <translation>名为 rql:lock:NAME 的哈希，含 acq_id、hst_id、ts 和 ini_ttl</translation>
    </message>
    <message>
        <source>process, thread and fiber in the acquirer&apos;s id</source>
        <translation>获取者标识中的进程、线程和纤程</translation>
    </message>
    <message>
        <source>a sorted set named semaphore:NAME of UUIDs with the times they came, and a TTL</source>
        <translation>名为 semaphore:NAME 的有序集合，成员为 UUID，分数为到达时间，并且有 TTL</translation>
    </message>
    <message>
        <source>a sorted set with semaphore: in its name, of UUIDs with the times they came, and a TTL</source>
        <translation>名称中含 semaphore: 的有序集合，成员为 UUID，分数为到达时间，并且有 TTL</translation>
    </message>
    <message>
        <source>a hash with one field CLIENT_UUID:THREAD and its count, and a TTL</source>
        <translation>哈希，只有一个字段 CLIENT_UUID:THREAD 及其计数，并且有 TTL</translation>
    </message>
    <message>
        <source>a hash with one field CLIENT_UUID:THREAD and its count; Redisson would have set a TTL</source>
        <translation>哈希，只有一个字段 CLIENT_UUID:THREAD 及其计数；Redisson 本应设置 TTL</translation>
    </message>
    <message>
        <source>a hash with a holder, an expire_time and a lock_count for each locked value, and a TTL</source>
        <translation>哈希，每个被锁的值都有持有者、expire_time 和 lock_count，并且有 TTL</translation>
    </message>
    <message>
        <source>a hash with a holder, an expire_time and a lock_count for each locked value; Redisson would have set a TTL</source>
        <translation>哈希，每个被锁的值都有持有者、expire_time 和 lock_count；Redisson 本应设置 TTL</translation>
    </message>
    <message>
        <source>Redisson&apos;s client id: the same in all locks of one process</source>
        <translation>Redisson 的客户端标识：同一进程的所有锁都相同</translation>
    </message>
    <message>
        <source>Java thread id behind Redisson&apos;s client id</source>
        <translation>Redisson 客户端标识之后的 Java 线程号</translation>
    </message>
    <message>
        <source>a sorted set named {NAME}:timeout of 16-byte permits with their deadlines</source>
        <translation>名为 {NAME}:timeout 的有序集合，成员为 16 字节的许可，分数为截止时间</translation>
    </message>
    <message>
        <source>a hash with the field mode (read or write) and fields CLIENT_UUID:THREAD, and a TTL</source>
        <translation>哈希，含字段 mode（read 或 write）和字段 CLIENT_UUID:THREAD，并且有 TTL</translation>
    </message>
    <message>
        <source>a hash with the field mode (read or write) and fields CLIENT_UUID:THREAD; Redisson would have set a TTL</source>
        <translation>哈希，含字段 mode（read 或 write）和字段 CLIENT_UUID:THREAD；Redisson 本应设置 TTL</translation>
    </message>
    <message>
        <source>a number in a key named HASH:semaphore, as Redisson names them for maps</source>
        <translation>名为 HASH:semaphore 的键中的数字，Redisson 为映射如此命名</translation>
    </message>
    <message>
        <source>named by the operator, and a number without TTL as a semaphore leaves it</source>
        <translation>由操作者指定，并且是没有 TTL 的数字，与信号量留下的相同</translation>
    </message>
    <message>
        <source>a hash named uniquejobs:DIGEST:LOCKED of job ids</source>
        <translation>名为 uniquejobs:DIGEST:LOCKED 的哈希，字段为任务号</translation>
    </message>
    <message>
        <source>Sidekiq&apos;s job id</source>
        <translation>Sidekiq 的任务号</translation>
    </message>
    <message>
        <source>a sorted set of base64 tokens of 32 bytes (and __write__) with deadlines, and a TTL</source>
        <translation>有序集合，成员为 32 字节的 base64 令牌（以及 __write__），分数为截止时间，并且有 TTL</translation>
    </message>
    <message>
        <source>a random UUID, a TTL, and the name says lock</source>
        <translation>随机 UUID，有 TTL，且名称表明是锁</translation>
    </message>
    <message>
        <source>a random UUID and a TTL</source>
        <translation>随机 UUID，有 TTL</translation>
    </message>
    <message>
        <source>the key of a unique task of asynq, and a TTL</source>
        <translation>asynq 唯一任务的键，有 TTL</translation>
    </message>
    <message>
        <source>the id of the task is the token</source>
        <translation>令牌就是任务的标识</translation>
    </message>
    <message>
        <source>a random UUID under the name of a job of Bull</source>
        <translation>Bull 作业名称下的随机 UUID</translation>
    </message>
    <message>
        <source>a random UUID under a name that ends like a job of Bull</source>
        <translation>名称结尾像 Bull 作业，值为随机 UUID</translation>
    </message>
    <message>
        <source>worker and counter as BullMQ writes them, under the name of a job</source>
        <translation>作业名称下，BullMQ 写入的工作进程和计数器</translation>
    </message>
    <message>
        <source>the id of the worker in the token</source>
        <translation>令牌中的工作进程标识</translation>
    </message>
    <message>
        <source>the key of celery-once, and a UUID version 1</source>
        <translation>celery-once 的键，值为 UUID 版本 1</translation>
    </message>
    <message>
        <source>process and time as php-redis-lock writes them, and a TTL</source>
        <translation>php-redis-lock 写入的进程和时间，有 TTL</translation>
    </message>
    <message>
        <source>process and time as php-redis-lock writes them</source>
        <translation>php-redis-lock 写入的进程和时间</translation>
    </message>
    <message>
        <source>process and time in the token</source>
        <translation>令牌中的进程和时间</translation>
    </message>
    <message>
        <source>the value is the time at which the key expires, in seconds</source>
        <translation>值是该键的到期时间（秒）</translation>
    </message>
    <message>
        <source>machine, process and GUID as DistributedLock writes them, and a TTL</source>
        <translation>DistributedLock 写入的机器、进程和 GUID，有 TTL</translation>
    </message>
    <message>
        <source>machine, process and GUID as DistributedLock writes them</source>
        <translation>DistributedLock 写入的机器、进程和 GUID</translation>
    </message>
    <message>
        <source>the key of dogpile.cache, and a UUID version 1</source>
        <translation>dogpile.cache 的键，值为 UUID 版本 1</translation>
    </message>
    <message>
        <source>16 letters and digits under lock:, at most 20 min</source>
        <translation>lock: 之下的 16 个字母和数字，不超过 20 分钟</translation>
    </message>
    <message>
        <source>a random UUID under gitlab:exclusive_lease:, and a TTL</source>
        <translation>gitlab:exclusive_lease: 之下的随机 UUID，有 TTL</translation>
    </message>
    <message>
        <source>16 letters, a TTL, and the name says lock</source>
        <translation>16 个字母，有 TTL，且名称表明是锁</translation>
    </message>
    <message>
        <source>16 letters, a TTL of whole seconds and a half, and the name says lock</source>
        <translation>16 个字母，TTL 为整秒加半秒，且名称表明是锁</translation>
    </message>
    <message>
        <source>16 letters and a TTL</source>
        <translation>16 个字母，有 TTL</translation>
    </message>
    <message>
        <source>a UUID under a lock name of Hangfire, and a TTL</source>
        <translation>Hangfire 锁名称下的 UUID，有 TTL</translation>
    </message>
    <message>
        <source>the key of Kombu, and a UUID</source>
        <translation>Kombu 的键，值为 UUID</translation>
    </message>
    <message>
        <source>16 letters and digits under a name that Laravel gives</source>
        <translation>Laravel 所用名称下的 16 个字母和数字</translation>
    </message>
    <message>
        <source>16 letters and digits under a prefix of Laravel</source>
        <translation>Laravel 前缀下的 16 个字母和数字</translation>
    </message>
    <message>
        <source>16 letters and digits, a TTL, and the name says lock</source>
        <translation>16 个字母和数字，有 TTL，且名称表明是锁</translation>
    </message>
    <message>
        <source>16 letters and digits and a TTL</source>
        <translation>16 个字母和数字，有 TTL</translation>
    </message>
    <message>
        <source>host and process under lock:owner:, without a TTL</source>
        <translation>lock:owner: 之下的主机和进程，没有 TTL</translation>
    </message>
    <message>
        <source>host and process under lock:owner:</source>
        <translation>lock:owner: 之下的主机和进程</translation>
    </message>
    <message>
        <source>32 hexadecimal digits, a TTL, and the name says lock</source>
        <translation>32 位十六进制数，有 TTL，且名称表明是锁</translation>
    </message>
    <message>
        <source>32 hexadecimal digits and a TTL</source>
        <translation>32 位十六进制数，有 TTL</translation>
    </message>
    <message>
        <source>13 digits under lock., and a TTL</source>
        <translation>lock. 之下的 13 位数字，有 TTL</translation>
    </message>
    <message>
        <source>13 digits under lock. that are the time when the key expires</source>
        <translation>lock. 之下的 13 位数字，即该键的到期时间</translation>
    </message>
    <message>
        <source>64 hexadecimal digits under php-malkusch-lock:</source>
        <translation>php-malkusch-lock: 之下的 64 位十六进制数</translation>
    </message>
    <message>
        <source>a random UUID under redlock: pottery extends at most three times</source>
        <translation>redlock: 之下的随机 UUID；pottery 最多延长三次</translation>
    </message>
    <message>
        <source>a random UUID under redlock: with at most 10 s; pottery or RedLock.net</source>
        <translation>redlock: 之下的随机 UUID，不超过 10 秒；pottery 或 RedLock.net</translation>
    </message>
    <message>
        <source>a random UUID under redlock: pottery or RedLock.net</source>
        <translation>redlock: 之下的随机 UUID；pottery 或 RedLock.net</translation>
    </message>
    <message>
        <source>18 random bytes in base64 under lock:</source>
        <translation>lock: 之下 base64 编码的 18 个随机字节</translation>
    </message>
    <message>
        <source>a random UUID under a name with quartz that ends in lock</source>
        <translation>名称含 quartz 且以 lock 结尾，值为随机 UUID</translation>
    </message>
    <message>
        <source>the key of RedBeat, and a UUID version 1</source>
        <translation>RedBeat 的键，值为 UUID 版本 1</translation>
    </message>
    <message>
        <source>16 random bytes in base64url, a TTL, and the name says lock</source>
        <translation>base64url 编码的 16 个随机字节，有 TTL，且名称表明是锁</translation>
    </message>
    <message>
        <source>16 random bytes in base64url and text behind, a TTL, and the name says lock</source>
        <translation>base64url 编码的 16 个随机字节，后面有文本，有 TTL，且名称表明是锁</translation>
    </message>
    <message>
        <source>16 random bytes in base64url and a TTL</source>
        <translation>base64url 编码的 16 个随机字节，有 TTL</translation>
    </message>
    <message>
        <source>what the program wrote behind the token</source>
        <translation>程序写在令牌之后的内容</translation>
    </message>
    <message>
        <source>an empty value, a name that ends in _lock, and a TTL</source>
        <translation>值为空，名称以 _lock 结尾，有 TTL</translation>
    </message>
    <message>
        <source>an empty value, and a name that ends in _lock</source>
        <translation>值为空，名称以 _lock 结尾</translation>
    </message>
    <message>
        <source>20 letters and digits, at most 3 s, and the name says lock</source>
        <translation>20 个字母和数字，不超过 3 秒，且名称表明是锁</translation>
    </message>
    <message>
        <source>20 letters and digits, a TTL, and the name says lock</source>
        <translation>20 个字母和数字，有 TTL，且名称表明是锁</translation>
    </message>
    <message>
        <source>20 letters and digits and a TTL</source>
        <translation>20 个字母和数字，有 TTL</translation>
    </message>
    <message>
        <source>a UUID version 1 as 32 hexadecimal digits, and a TTL</source>
        <translation>32 位十六进制的 UUID 版本 1，有 TTL</translation>
    </message>
    <message>
        <source>a UUID version 1 as 32 hexadecimal digits, and the name says lock</source>
        <translation>32 位十六进制的 UUID 版本 1，且名称表明是锁</translation>
    </message>
    <message>
        <source>a UUID version 1 as 32 hexadecimal digits</source>
        <translation>32 位十六进制的 UUID 版本 1</translation>
    </message>
    <message>
        <source>a random UUID under mutex:, and a TTL</source>
        <translation>mutex: 之下的随机 UUID，有 TTL</translation>
    </message>
    <message>
        <source>what the program appended to the UUID</source>
        <translation>程序附加在 UUID 之后的内容</translation>
    </message>
    <message>
        <source>a random UUID under redlock: that is renewed by itself</source>
        <translation>redlock: 之下的随机 UUID，会自动续约</translation>
    </message>
    <message>
        <source>a random UUID under redlock: with more than 10 s; RedLock.net or pottery</source>
        <translation>redlock: 之下的随机 UUID，超过 10 秒；RedLock.net 或 pottery</translation>
    </message>
    <message>
        <source>a random UUID under redlock: RedLock.net or pottery</source>
        <translation>redlock: 之下的随机 UUID；RedLock.net 或 pottery</translation>
    </message>
    <message>
        <source>16 random bytes in padded base64, and a TTL</source>
        <translation>带填充的 base64 编码的 16 个随机字节，有 TTL</translation>
    </message>
    <message>
        <source>a process id under rq:scheduler-lock:</source>
        <translation>rq:scheduler-lock: 之下的进程号</translation>
    </message>
    <message>
        <source>the process id in the token</source>
        <translation>令牌中的进程号</translation>
    </message>
    <message>
        <source>20 random bytes, a TTL, and the name says lock</source>
        <translation>20 个随机字节，有 TTL，且名称表明是锁</translation>
    </message>
    <message>
        <source>20 random bytes and a TTL</source>
        <translation>20 个随机字节，有 TTL</translation>
    </message>
    <message>
        <source>24 bytes under rueidislock:, and a TTL</source>
        <translation>rueidislock: 之下的 24 个字节，有 TTL</translation>
    </message>
    <message>
        <source>a UUID version 4 as 32 hexadecimal digits under l:, and a TTL</source>
        <translation>l: 之下 32 位十六进制的 UUID 版本 4，有 TTL</translation>
    </message>
    <message>
        <source>the key of ShedLock, with time and host as it writes them</source>
        <translation>ShedLock 的键，以及它写入的时间和主机</translation>
    </message>
    <message>
        <source>time and host as ShedLock writes them, and a TTL</source>
        <translation>ShedLock 写入的时间和主机，有 TTL</translation>
    </message>
    <message>
        <source>a random UUID under REGISTRY:PATH, the name says lock, at most 60 s</source>
        <translation>REGISTRY:PATH 之下的随机 UUID，名称表明是锁，不超过 60 秒</translation>
    </message>
    <message>
        <source>a random UUID under REGISTRY:PATH, and the name says lock</source>
        <translation>REGISTRY:PATH 之下的随机 UUID，且名称表明是锁</translation>
    </message>
    <message>
        <source>a random UUID under REGISTRY:PATH</source>
        <translation>REGISTRY:PATH 之下的随机 UUID</translation>
    </message>
    <message>
        <source>a sorted set of base64 tokens of 32 bytes (and __write__) with deadlines, but no TTL</source>
        <translation>有序集合，成员为 32 字节的 base64 令牌（以及 __write__），分数为截止时间，但没有 TTL</translation>
    </message>
    <message>
        <source>fields NAME.lock.LOCK with the value 1 among the results of Huey</source>
        <translation>Huey 的结果中值为 1 的字段 NAME.lock.LOCK</translation>
    </message>
    <message>
        <source>the name of Huey&apos;s lock in its field</source>
        <translation>字段中 Huey 锁的名称</translation>
    </message>
    <message>
        <source>a number without TTL under a name that says latch, as Redisson counts down</source>
        <translation>名称表明是闭锁且没有 TTL 的数字，如 Redisson 倒计数所写</translation>
    </message>
</context>
<context>
    <name>lockscope::RunView</name>
    <message>
        <source>Throughput</source>
        <translation>吞吐量</translation>
    </message>
    <message>
        <source>Critical sections entered a second</source>
        <translation>每秒进入的临界区</translation>
    </message>
    <message>
        <source>sections/s</source>
        <translation>临界区/秒</translation>
    </message>
    <message>
        <source>Acquire, ms</source>
        <translation>加锁（毫秒）</translation>
    </message>
    <message>
        <source>How long the attempt took that was granted: half of them were faster, and 99 of 100</source>
        <translation>获准的那次尝试用时：一半比这快，以及百分之九十九比这快</translation>
    </message>
    <message>
        <source>p50</source>
        <translation>p50</translation>
    </message>
    <message>
        <source>p99</source>
        <translation>p99</translation>
    </message>
    <message>
        <source>Contention</source>
        <translation>争用</translation>
    </message>
    <message>
        <source>Clients that wait for a lock, and how many attempts a second were refused because it was taken</source>
        <translation>等待锁的客户端数，以及每秒因锁被占用而遭拒的尝试数</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>refused/s</source>
        <translation>拒绝/秒</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>Go with the end of the run (Home)</source>
        <translation>跟随运行的末端（Home）</translation>
    </message>
    <message>
        <source>Show a shorter time (+)</source>
        <translation>显示更短的时间（+）</translation>
    </message>
    <message>
        <source>Show a longer time (−)</source>
        <translation>显示更长的时间（−）</translation>
    </message>
    <message>
        <source>Previous violation (P)</source>
        <translation>上一个破坏（P）</translation>
    </message>
    <message>
        <source>Next violation (N)</source>
        <translation>下一个破坏（N）</translation>
    </message>
    <message>
        <source>Choose a strategy and a load, and start.

The lab puts virtual clients on the lock, does the harm that you ask for, and watches every critical section: did the lock hold, and how fast was it?</source>
        <translation>选择策略和负载，然后开始。

实验室让虚拟客户端争用锁，制造你要的故障，并监视每个临界区：锁守住了吗？有多快？</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Violations</source>
        <translation>破坏</translation>
    </message>
    <message>
        <source>Getting ready: servers, connections, clients…</source>
        <translation>正在准备：服务器、连接、客户端…</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/秒</translation>
    </message>
    <message>
        <source>%1 waiting</source>
        <translation>%1 个在等待</translation>
    </message>
    <message>
        <source>None was seen.</source>
        <translation>没有发现。</translation>
    </message>
    <message>
        <source>None so far.</source>
        <translation>目前没有。</translation>
    </message>
    <message>
        <source>Stopped before the load began.</source>
        <translation>在负载开始前已停止。</translation>
    </message>
    <message>
        <source>%1 sections</source>
        <translation>%1 个临界区</translation>
    </message>
    <message>
        <source>Checking the order of the operations…</source>
        <translation>正在检查操作的顺序…</translation>
    </message>
    <message>
        <source>%1 of %2 clients wait, %3 hold a lock.</source>
        <translation>%2 个客户端中 %1 个在等待，%3 个持有锁。</translation>
    </message>
    <message>
        <source>Holds so far: no violation in %1.</source>
        <translation>目前守住：%1中没有破坏。</translation>
    </message>
    <message>
        <source>Violated: %1 in %2.</source>
        <translation>被破坏：%1，共 %2。</translation>
    </message>
    <message>
        <source>No order of the operations explains the answers of the lock service: %1.</source>
        <translation>没有任何操作顺序能解释锁服务的应答：%1。</translation>
    </message>
    <message>
        <source>Fencing blocked %1 stale writes.</source>
        <translation>防护令牌挡住了 %1 次过期写入。</translation>
    </message>
    <message>
        <source>The run was stopped before its time.</source>
        <translation>运行被提前停止。</translation>
    </message>
    <message>
        <source>No keys were left behind.</source>
        <translation>没有遗留任何键。</translation>
    </message>
    <message>
        <source>Seed %1.</source>
        <translation>种子 %1。</translation>
    </message>
    <message>
        <source>That is no proof: this load, with these faults and this seed, did not break it.</source>
        <translation>这不是证明：只是这个负载、这些故障和这个种子没有破坏它。</translation>
    </message>
    <message>
        <source>%1 held: no violation in %2.</source>
        <translation>%1 守住了：%2中没有破坏。</translation>
    </message>
    <message>
        <source>the order of the operations</source>
        <translation>操作的顺序</translation>
    </message>
    <message>
        <source>%1 was violated: %2 in %3.</source>
        <translation>%1 被破坏：%2，共 %3。</translation>
    </message>
</context>
<context>
    <name>lockscope::SavedViews</name>
    <message>
        <source>No TTL</source>
        <translation>无 TTL</translation>
    </message>
    <message>
        <source>Ends within 5 s</source>
        <translation>5 秒内结束</translation>
    </message>
    <message>
        <source>Held over 10 minutes</source>
        <translation>持有超过 10 分钟</translation>
    </message>
    <message>
        <source>Probably stuck</source>
        <translation>可能卡住</translation>
    </message>
</context>
<context>
    <name>lockscope::Scan</name>
    <message>
        <source>%1 behind</source>
        <translation>落后 %1</translation>
    </message>
    <message>
        <source>%1 behind, last sign of life %2 s ago</source>
        <translation>落后 %1，%2 秒前最后一次有响应</translation>
    </message>
    <message>
        <source>scanned on the replica %1 (%2)</source>
        <translation>在副本 %1 上扫描（%2）</translation>
    </message>
    <message>
        <source>to be scanned on a replica</source>
        <translation>将在副本上扫描</translation>
    </message>
    <message>
        <source>scanned on the MASTER: %1</source>
        <translation>在主节点上扫描：%1</translation>
    </message>
    <message>
        <source>%1 of %2 scanned on the MASTER: %3</source>
        <translation>%2 个中有 %1 个在主节点上扫描：%3</translation>
    </message>
    <message>
        <source>scanned on %1 replicas (at worst %2)</source>
        <translation>在 %1 个副本上扫描（最差：%2）</translation>
    </message>
    <message>
        <source>Each lock found there is read on its master before it is shown. What a replica has not got yet is known by what the master announces, or found by a later pass.</source>
        <translation>在那里找到的每个锁，都会先在其主节点上读取再显示。副本尚未得到的内容，由主节点的通知得知，或由之后的遍历找到。</translation>
    </message>
</context>
<context>
    <name>lockscope::ScanReplica</name>
    <message>
        <source>the server does not tell how its replicas fare</source>
        <translation>服务器不提供其副本的状况</translation>
    </message>
    <message>
        <source>the master names no replica that is online</source>
        <translation>主节点没有列出任何在线的副本</translation>
    </message>
    <message>
        <source>%1 has not answered its master for %2 s</source>
        <translation>%1 已有 %2 秒没有回应其主节点</translation>
    </message>
    <message>
        <source>%1 is no replica of this master</source>
        <translation>%1 不是该主节点的副本</translation>
    </message>
    <message>
        <source>%1 does not hear its master, or is being filled anew</source>
        <translation>%1 收不到其主节点的数据，或正在重新同步</translation>
    </message>
    <message>
        <source>%1 is behind: in %2 it has not got what the master had</source>
        <translation>%1 落后：在 %2 内没有得到主节点当时已有的内容</translation>
    </message>
</context>
<context>
    <name>lockscope::Screenshot</name>
    <message>
        <source>no complete pass</source>
        <translation>没有完整的扫描</translation>
    </message>
</context>
<context>
    <name>lockscope::PasswordWait</name>
    <message>
        <source>Waiting for the password…</source>
        <translation>正在等待密码…</translation>
    </message>
    <message>
        <source>Its command is running.</source>
        <translation>它的命令正在运行。</translation>
    </message>
    <message>
        <source>The desktop&apos;s secret service may be asking to be unlocked.</source>
        <translation>桌面的密钥服务可能正在请求解锁。</translation>
    </message>
</context>
<context>
    <name>lockscope::SecretStore</name>
    <message>
        <source>no secret service is running here</source>
        <translation>此处没有运行密钥服务</translation>
    </message>
    <message>
        <source>the secret service has no password of this connection</source>
        <translation>密钥服务中没有此连接的密码</translation>
    </message>
    <message>
        <source>the secret service: %1</source>
        <translation>密钥服务：%1</translation>
    </message>
    <message>
        <source>the secret service is locked; unlock it and try again</source>
        <translation>密钥服务已锁定；请将其解锁后重试</translation>
    </message>
    <message>
        <source>the secret service did not answer in time; is it asking to be unlocked?</source>
        <translation>密钥服务未及时应答；它是否正在请求解锁？</translation>
    </message>
    <message>
        <source>the secret service cannot be reached: the library libsecret is not installed</source>
        <translation>无法连接密钥服务：未安装 libsecret 库</translation>
    </message>
    <message>
        <source>the secret service does not answer</source>
        <translation>密钥服务没有应答</translation>
    </message>
</context>
<context>
    <name>lockscope::ServerPage</name>
    <message>
        <source>running for %1</source>
        <translation>已运行 %1</translation>
    </message>
    <message>
        <source>replicas: %1</source>
        <translation>副本：%1</translation>
    </message>
    <message>
        <source>locks are not evicted</source>
        <translation>锁不会被淘汰</translation>
    </message>
    <message>
        <source>without a limit nothing is evicted</source>
        <translation>没有上限，不会淘汰</translation>
    </message>
    <message>
        <source>locks can be evicted before their time when memory is short</source>
        <translation>内存不足时锁可能提前被淘汰</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1，上限 %2</translation>
    </message>
    <message>
        <source>%1, no limit</source>
        <translation>%1，无上限</translation>
    </message>
    <message>
        <source>keys evicted: %1</source>
        <translation>已淘汰的键：%1</translation>
    </message>
    <message>
        <source>blocked: %1</source>
        <translation>阻塞：%1</translation>
    </message>
    <message>
        <source>together %1 commands/s</source>
        <translation>合计 %1 条命令/秒</translation>
    </message>
    <message>
        <source> (flags %1)</source>
        <translation>（标志 %1）</translation>
    </message>
    <message>
        <source>keyspace notifications</source>
        <translation>键空间通知</translation>
    </message>
    <message>
        <source>client tracking</source>
        <translation>客户端跟踪</translation>
    </message>
    <message>
        <source>passes only: holds shorter than %1 can be missed</source>
        <translation>仅靠遍历：短于 %1 的持有可能被漏掉</translation>
    </message>
    <message>
        <source>listed every few seconds, to find holders</source>
        <translation>每隔几秒列出一次以寻找持有者</translation>
    </message>
    <message>
        <source>the server does not permit CLIENT LIST</source>
        <translation>服务器不允许 CLIENT LIST</translation>
    </message>
    <message>
        <source>too many to list them without holding them up</source>
        <translation>太多，列出会拖慢它们</translation>
    </message>
    <message>
        <source>not looked at yet</source>
        <translation>尚未查看</translation>
    </message>
    <message>
        <source>whole: %1 locks, the last pass ended %2 ago</source>
        <translation>完整：%1 个锁，上次遍历结束于 %2前</translation>
    </message>
    <message>
        <source>partial: %1 locks so far</source>
        <translation>不完整：目前 %1 个锁</translation>
    </message>
    <message>
        <source>%1 of %2 keys</source>
        <translation>%1 / %2 个键</translation>
    </message>
    <message>
        <source>pass %1 is running: %2</source>
        <translation>第 %1 次遍历进行中：%2</translation>
    </message>
    <message>
        <source>pass %1: %2 in %3</source>
        <translation>第 %1 次遍历：%2，用时 %3</translation>
    </message>
    <message>
        <source>none open</source>
        <translation>无</translation>
    </message>
    <message>
        <source>open since %1</source>
        <translation>自 %1 起</translation>
    </message>
    <message>
        <source>no limit at present</source>
        <translation>目前没有限制</translation>
    </message>
    <message>
        <source>%1 keys/s and %2/s for reading again</source>
        <translation>重新读取每秒 %1 个键、%2/秒</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Facts about the server</source>
        <translation>服务器信息</translation>
    </message>
    <message>
        <source>Time that the plots show</source>
        <translation>图表显示的时间</translation>
    </message>
    <message numerus="yes">
        <source>Last %n minutes</source>
        <translation>
            <numerusform>最近 %n 分钟</numerusform>
        </translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Hold the plots still; the rates are collected on (Space)</source>
        <translation>让图表静止；速率继续收集（空格）</translation>
    </message>
    <message>
        <source>Completeness</source>
        <translation>完整性</translation>
    </message>
    <message>
        <source>Progress of the pass</source>
        <translation>遍历进度</translation>
    </message>
    <message>
        <source>Our load</source>
        <translation>我们的负载</translation>
    </message>
    <message>
        <source>Address:</source>
        <translation>地址：</translation>
    </message>
    <message>
        <source>Version:</source>
        <translation>版本：</translation>
    </message>
    <message>
        <source>Role:</source>
        <translation>角色：</translation>
    </message>
    <message>
        <source>Memory policy:</source>
        <translation>内存策略：</translation>
    </message>
    <message>
        <source>Memory:</source>
        <translation>内存：</translation>
    </message>
    <message>
        <source>Clients:</source>
        <translation>客户端：</translation>
    </message>
    <message>
        <source>Round trip:</source>
        <translation>往返时间：</translation>
    </message>
    <message>
        <source>Picture:</source>
        <translation>画面：</translation>
    </message>
    <message>
        <source>Pass:</source>
        <translation>遍历：</translation>
    </message>
    <message>
        <source>Gap:</source>
        <translation>缺口：</translation>
    </message>
    <message>
        <source>Changes by:</source>
        <translation>变更来源：</translation>
    </message>
    <message>
        <source>Connections:</source>
        <translation>连接：</translation>
    </message>
    <message>
        <source>Causing:</source>
        <translation>造成：</translation>
    </message>
    <message>
        <source>Allowed:</source>
        <translation>允许：</translation>
    </message>
    <message>
        <source>To verify:</source>
        <translation>待核实：</translation>
    </message>
    <message>
        <source>Events:</source>
        <translation>事件：</translation>
    </message>
    <message>
        <source>Lock libraries that this server has served</source>
        <translation>此服务器服务过的锁库</translation>
    </message>
    <message>
        <source>Lock libraries seen</source>
        <translation>见过的锁库</translation>
    </message>
    <message>
        <source>By the scripts that the server remembers since its start (SCRIPT EXISTS)</source>
        <translation>依据服务器启动以来记住的脚本（SCRIPT EXISTS）</translation>
    </message>
    <message>
        <source>Lock events</source>
        <translation>锁事件</translation>
    </message>
    <message>
        <source>Our commands</source>
        <translation>我们的命令</translation>
    </message>
    <message>
        <source>Our bytes, both ways</source>
        <translation>我们的字节（双向）</translation>
    </message>
    <message>
        <source>Keys to verify</source>
        <translation>待核实的键</translation>
    </message>
    <message>
        <source>Round trip</source>
        <translation>往返时间</translation>
    </message>
    <message>
        <source>Notifications that concerned watched keys, per second</source>
        <translation>每秒涉及所观察键的通知</translation>
    </message>
    <message>
        <source>Commands that Lockscope sends, per second</source>
        <translation>Lockscope 每秒发送的命令</translation>
    </message>
    <message>
        <source>Bytes that Lockscope sends and receives, per second</source>
        <translation>Lockscope 每秒收发的字节</translation>
    </message>
    <message>
        <source>Keys that have changed and were not read again yet</source>
        <translation>已变更但尚未重新读取的键</translation>
    </message>
    <message>
        <source>Of a PING every two seconds, while this window is open</source>
        <translation>此窗口打开时每两秒一次 PING</translation>
    </message>
    <message>
        <source>No figures yet: they come a second after the connection stands.</source>
        <translation>尚无数据：连接建立后一秒出现。</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>paused at %1</source>
        <translation>暂停于 %1</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>%1, db %2</source>
        <translation>%1，数据库 %2</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>%1 commands/s, %2/s</source>
        <translation>%1 条命令/秒，%2/秒</translation>
    </message>
    <message>
        <source>%1 since the start</source>
        <translation>启动以来 %1</translation>
    </message>
    <message>
        <source>The server does not permit SCRIPT EXISTS.</source>
        <translation>服务器不允许 SCRIPT EXISTS。</translation>
    </message>
    <message>
        <source>None that leaves scripts which Lockscope knows.</source>
        <translation>没有留下 Lockscope 所知脚本的锁库。</translation>
    </message>
    <message>
        <source>on the master</source>
        <translation>在主节点上</translation>
    </message>
    <message>
        <source>Scan:</source>
        <translation>扫描：</translation>
    </message>
</context>
<context>
    <name>lockscope::StatusPanel</name>
    <message>
        <source>Locks shown, of all that are watched</source>
        <translation>显示的锁，以及观察的锁的总数</translation>
    </message>
    <message>
        <source>Events: %1/s</source>
        <translation>事件：%1/秒</translation>
    </message>
    <message>
        <source>Notifications that concerned watched keys</source>
        <translation>与所观察的键有关的通知</translation>
    </message>
    <message>
        <source>To verify: %1</source>
        <translation>待核实：%1</translation>
    </message>
    <message>
        <source>Keys that have changed and were not read again yet</source>
        <translation>已变化而尚未重新读取的键</translation>
    </message>
    <message>
        <source>Data age: %1</source>
        <translation>数据时效：%1</translation>
    </message>
    <message>
        <source>How long ago the shown state was last brought up to date</source>
        <translation>显示的状态最近一次更新距今多久</translation>
    </message>
    <message>
        <source>Locks: %1</source>
        <translation>锁：%1</translation>
    </message>
    <message>
        <source>Locks: %1 of %2 shown</source>
        <translation>锁：显示 %2 中的 %1</translation>
    </message>
    <message>
        <source>(partial)</source>
        <translation>（不完整）</translation>
    </message>
    <message>
        <source>live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>paused, %1</source>
        <translation>已暂停，%1</translation>
    </message>
    <message>
        <source>Watched keys that client tracking has named as changed</source>
        <translation>客户端跟踪报出有变化的被观察键</translation>
    </message>
    <message>
        <source>In all: %1</source>
        <translation>总计：%1</translation>
    </message>
    <message>
        <source>Merged, for the key was waiting to be read already: %1</source>
        <translation>已合并（该键已在等待读取）：%1</translation>
    </message>
    <message>
        <source>Left to the next pass, for too many keys change: %1</source>
        <translation>留给下一次扫描（变化的键太多）：%1</translation>
    </message>
</context>
<context>
    <name>lockscope::Stress</name>
    <message>
        <source>No violation in %1 critical sections.</source>
        <translation>%1 个临界区中没有违规。</translation>
    </message>
    <message>
        <source>Violated: %1 times in %2 critical sections.</source>
        <translation>已被破坏：%2 个临界区中有 %1 次。</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>临界区</translation>
    </message>
    <message>
        <source>%1, %2 a second</source>
        <translation>%1，每秒 %2</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>尝试</translation>
    </message>
    <message>
        <source>%1, refused %2, given up %3</source>
        <translation>%1，被拒 %2，放弃 %3</translation>
    </message>
    <message>
        <source>Leases</source>
        <translation>租约</translation>
    </message>
    <message>
        <source>%1 lost before their release, %2 overrun (worst %3 ms), %4 renewals</source>
        <translation>%1 个在释放前失去，%2 个超期（最长 %3 毫秒），%4 次续约</translation>
    </message>
    <message>
        <source>Outcomes</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>%1 errors, %2 writes of unknown outcome</source>
        <translation>%1 个错误，%2 次写入结果未知</translation>
    </message>
    <message>
        <source>Stale writes</source>
        <translation>过期写入</translation>
    </message>
    <message>
        <source>%1 landed, %2 blocked by fencing, %3 updates lost</source>
        <translation>%1 次落地，%2 次被防护令牌拦下，%3 次更新丢失</translation>
    </message>
    <message>
        <source>Orphans</source>
        <translation>孤儿锁</translation>
    </message>
    <message>
        <source>%1, of which %2 outlived their lease; free again after %3 ms at the worst</source>
        <translation>%1 个，其中 %2 个超过了租约；最久 %3 毫秒后重新可用</translation>
    </message>
    <message>
        <source>Fairness</source>
        <translation>公平性</translation>
    </message>
    <message>
        <source>Jain&apos;s index %1, longest wait %2 ms, %3 clients never got a lock</source>
        <translation>Jain 指数 %1，最长等待 %2 毫秒，%3 个客户端从未取得锁</translation>
    </message>
    <message>
        <source>from wanting a lock to having it</source>
        <translation>从想要锁到取得锁</translation>
    </message>
    <message>
        <source>the granting attempt</source>
        <translation>取得锁的那次尝试</translation>
    </message>
    <message>
        <source>release</source>
        <translation>释放</translation>
    </message>
    <message>
        <source>hand-over to a waiter</source>
        <translation>交接给等待者</translation>
    </message>
    <message>
        <source>Violations</source>
        <translation>违规</translation>
    </message>
    <message>
        <source>what</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>first client · token</source>
        <translation>第一个客户端 · 令牌</translation>
    </message>
    <message>
        <source>second client · token</source>
        <translation>第二个客户端 · 令牌</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>毫秒</translation>
    </message>
    <message>
        <source>Order of the operations</source>
        <translation>操作的次序</translation>
    </message>
    <message>
        <source>Not checked.</source>
        <translation>未检查。</translation>
    </message>
    <message>
        <source>%1 operations are linearizable: the lock service kept its word.</source>
        <translation>%1 个操作可线性化：锁服务信守了承诺。</translation>
    </message>
    <message>
        <source>No order of these operations explains their answers:</source>
        <translation>这些操作的应答无法用任何次序解释：</translation>
    </message>
    <message>
        <source>The check came to no verdict.</source>
        <translation>检查没有得出结论。</translation>
    </message>
    <message>
        <source>Scenario</source>
        <translation>场景</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>负载</translation>
    </message>
    <message>
        <source>%1 clients, %2 keys, TTL %3 ms, hold %4 to %5 ms</source>
        <translation>%1 个客户端，%2 个键，TTL %3 毫秒，持锁 %4 到 %5 毫秒</translation>
    </message>
    <message>
        <source>Planned</source>
        <translation>计划</translation>
    </message>
    <message>
        <source>%1 sections a second (latencies count from the planned start)</source>
        <translation>每秒 %1 个临界区（延迟从计划的开始时刻算起）</translation>
    </message>
    <message>
        <source>Fault</source>
        <translation>故障</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Lock stress report: %1</source>
        <translation>锁压力报告：%1</translation>
    </message>
    <message>
        <source>Over time</source>
        <translation>随时间变化</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>sections a second</source>
        <translation>每秒临界区数</translation>
    </message>
    <message>
        <source>Throughput over time; faults as bands</source>
        <translation>吞吐量随时间变化；色带为故障</translation>
    </message>
    <message>
        <source>Time from wanting a lock to having it: median, and p99 (dashed)</source>
        <translation>从想要锁到取得锁的时间：中位数，以及 p99（虚线）</translation>
    </message>
    <message>
        <source>percentile</source>
        <translation>百分位</translation>
    </message>
    <message>
        <source>Latency by percentile: waiting (solid), the granting attempt (dashed), release (dotted)</source>
        <translation>各百分位的延迟：等待（实线）、取得锁的那次尝试（虚线）、释放（点线）</translation>
    </message>
    <message>
        <source>client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>ms since the start</source>
        <translation>距开始的毫秒数</translation>
    </message>
    <message>
        <source>Clients at the end: waiting (light), holding (dark)</source>
        <translation>结束时的客户端：等待（浅色）、持有（深色）</translation>
    </message>
    <message>
        <source>Clients around the first violation: waiting (light), holding (dark), paused (yellow), overlap (framed)</source>
        <translation>第一次违规前后的客户端：等待（浅色）、持有（深色）、暂停（黄色）、重叠（红框）</translation>
    </message>
    <message>
        <source>stops a client within its section, as a garbage collection does (for: twice the TTL)</source>
        <translation>让一个客户端在临界区内停住，如同垃圾回收（for：TTL 的两倍）</translation>
    </message>
    <message>
        <source>lets a client die at the moment when it gets a lock (for: 1s)</source>
        <translation>让一个客户端在取得锁的那一刻死掉（for：1s）</translation>
    </message>
    <message>
        <source>sets the clocks of all clients (simulated) by this much (by: back by twice the TTL; for: the rest of the run)</source>
        <translation>把所有客户端的时钟（模拟）拨动这么多（by：倒拨 TTL 的两倍；for：直到运行结束）</translation>
    </message>
    <message>
        <source>ends a connection with commands under way</source>
        <translation>断开一条还有命令在途的连接</translation>
    </message>
    <message>
        <source>delays what passes, each way (add: 20ms, jitter: 0; for: the rest of the run)</source>
        <translation>让双向的数据延迟（add：20ms，jitter：0；for：直到运行结束）</translation>
    </message>
    <message>
        <source>lets nothing pass for a while, then everything (for: 1s)</source>
        <translation>暂时什么都不放行，随后全部放行（for：1s）</translation>
    </message>
    <message>
        <source>lets commands reach the server and loses its answers, then ends the connections (for: 100ms)</source>
        <translation>命令到达服务器但丢掉其应答，然后断开连接（for：100ms）</translation>
    </message>
    <message>
        <source>ends all connections and refuses new ones (for: 1s)</source>
        <translation>断开所有连接并拒绝新连接（for：1s）</translation>
    </message>
    <message>
        <source>stops a server: how=stop (SIGSTOP), sleep (DEBUG SLEEP) or client (CLIENT PAUSE for writes) (for: 1s)</source>
        <translation>停住一台服务器：how=stop（SIGSTOP）、sleep（DEBUG SLEEP）或 client（针对写入的 CLIENT PAUSE）（for：1s）</translation>
    </message>
    <message>
        <source>kills a server by SIGKILL; it comes back without its data (for: 1s)</source>
        <translation>用 SIGKILL 杀死一台服务器；它回来时没有数据（for：1s）</translation>
    </message>
    <message>
        <source>restarts a server at once, without its data</source>
        <translation>立即重启一台服务器，不保留数据</translation>
    </message>
    <message>
        <source>The history was not written: %1</source>
        <translation>历史未能写出：%1</translation>
    </message>
    <message>
        <source>The order was checked for the first %1 operations only.</source>
        <translation>只检查了前 %1 个操作的次序。</translation>
    </message>
    <message>
        <source>The check of the order came to no verdict: too much was open at once.</source>
        <translation>次序检查没有得出结论：同时未决的操作太多。</translation>
    </message>
    <message>
        <source>%1 of %2 planned sections had not got their lock at the end: the rate was too high, or the clients too few.</source>
        <translation>计划的 %2 个临界区中有 %1 个到结束时仍未取得锁：速率太高，或客户端太少。</translation>
    </message>
    <message>
        <source>%1 keys with the prefix %2 could not be removed.</source>
        <translation>带前缀 %2 的 %1 个键未能删除。</translation>
    </message>
    <message>
        <source>a queue in the server: first come, first served</source>
        <translation>服务器中的队列：先到先得</translation>
    </message>
    <message>
        <source>the same as set-nx, and the order of the waiters</source>
        <translation>与 set-nx 相同，并保持等待者的次序</translation>
    </message>
    <message>
        <source>go fast: a waiter that died holds up the queue until it counts as gone</source>
        <translation>求快：死掉的等待者会拖住队列，直到被视为离开</translation>
    </message>
    <message>
        <source>each grant carries a fencing token that grows</source>
        <translation>每次授予都带一个递增的防护令牌</translation>
    </message>
    <message>
        <source>that a holder of the past cannot write, as long as what it writes to refuses smaller tokens</source>
        <translation>过去的持有者无法写入，只要被写入的一方拒绝较小的令牌</translation>
    </message>
    <message>
        <source>keep two clients from working at the same time, nor survive a server that forgets its counter</source>
        <translation>阻止两个客户端同时工作，也经不起服务器忘掉计数器</translation>
    </message>
    <message>
        <source>taken by a script that tells the holder&apos;s TTL</source>
        <translation>由脚本加锁，脚本会告知持有者的 TTL</translation>
    </message>
    <message>
        <source>the same as set-nx; a waiter knows how long the lease goes on</source>
        <translation>与 set-nx 相同；等待者知道租约还有多久</translation>
    </message>
    <message>
        <source>more than set-nx: a script makes steps atomic, it does not make leases safe</source>
        <translation>超出 set-nx：脚本让步骤成为原子操作，但不会让租约变得安全</translation>
    </message>
    <message>
        <source>many readers or one writer; every reader has a lease of its own</source>
        <translation>多个读者或一个写者；每个读者有自己的租约</translation>
    </message>
    <message>
        <source>that no writer works beside a reader or another writer, within their leases</source>
        <translation>在各自租约内，写者不会与读者或另一写者同时工作</translation>
    </message>
    <message>
        <source>save writers from waiting long: readers come in while others read</source>
        <translation>让写者免于久等：有人在读时还会有读者进来</translation>
    </message>
    <message>
        <source>a hash as Redisson keeps it; a release wakes one waiter by a message</source>
        <translation>Redisson 式的哈希；释放时用一条消息唤醒一个等待者</translation>
    </message>
    <message>
        <source>the same as set-nx; a waiter gets the lock within two round trips instead of a poll</source>
        <translation>与 set-nx 相同；等待者在两次往返内取得锁，而不必轮询</translation>
    </message>
    <message>
        <source>keep the order of the waiters; after a lost message they sleep until the lease of the holder ends</source>
        <translation>保持等待者的次序；消息丢失后它们会睡到持有者的租约结束</translation>
    </message>
    <message>
        <source>a majority of independent masters, one --uri each</source>
        <translation>多数独立主节点，各用一个 --uri</translation>
    </message>
    <message>
        <source>one holder at a time although a minority of the masters fails, while clocks and pauses stay within bounds</source>
        <translation>少数主节点失效时仍只有一个持有者，前提是时钟和停顿不越界</translation>
    </message>
    <message>
        <source>stop a client that was paused past its validity, nor hold when masters come back empty; it has no fencing token</source>
        <translation>拦住停顿超过有效期的客户端，主节点空着回来时也守不住；它没有防护令牌</translation>
    </message>
    <message>
        <source>a number of permits, each with a lease of its own</source>
        <translation>若干许可，各有自己的租约</translation>
    </message>
    <message>
        <source>never more holders than permits, within their leases</source>
        <translation>在各自租约内，持有者不会多于许可数</translation>
    </message>
    <message>
        <source>hold when the server&apos;s clock jumps: leases are kept in its wall time</source>
        <translation>在服务器时钟跳变时守住：租约按它的墙上时间计算</translation>
    </message>
    <message>
        <source>SET NX PX, released by compare-and-delete</source>
        <translation>SET NX PX，以比较并删除来释放</translation>
    </message>
    <message>
        <source>one holder at a time while the server keeps its data and every section ends within its lease</source>
        <translation>服务器保有数据且每个临界区在租约内结束时，只有一个持有者</translation>
    </message>
    <message>
        <source>stop a holder that was paused past its lease, nor survive a server that forgets the key</source>
        <translation>拦住停顿超过租约的持有者，也经不起服务器忘掉这个键</translation>
    </message>
    <message>
        <source>renews by PEXPIRE without a look at the token, and once after the release</source>
        <translation>用 PEXPIRE 续约而不看令牌，并在释放后又续一次</translation>
    </message>
    <message>
        <source>one holder at a time as long as no renewal comes late</source>
        <translation>没有迟到的续约时，只有一个持有者</translation>
    </message>
    <message>
        <source>notice that the lock has another holder by now: it prolongs that one&apos;s lease and goes on working</source>
        <translation>发觉锁已另有持有者：它会延长对方的租约并继续工作</translation>
    </message>
    <message>
        <source>GET, compare in the client, DEL</source>
        <translation>GET，在客户端比较，DEL</translation>
    </message>
    <message>
        <source>one holder at a time as long as nobody is slow</source>
        <translation>没有人变慢时，只有一个持有者</translation>
    </message>
    <message>
        <source>notice when the lease ends between GET and DEL: then it deletes the lock of the next holder</source>
        <translation>发觉租约在 GET 与 DEL 之间结束：那时它会删掉下一个持有者的锁</translation>
    </message>
    <message>
        <source>takes SETNX&apos;s lack of an error for success</source>
        <translation>把 SETNX 没有报错当作成功</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>没有任何保证</translation>
    </message>
    <message>
        <source>lock at all: everybody walks in</source>
        <translation>起到锁的作用：谁都能进来</translation>
    </message>
    <message>
        <source>SET NX without a TTL</source>
        <translation>不带 TTL 的 SET NX</translation>
    </message>
    <message>
        <source>one holder at a time while the server keeps its data</source>
        <translation>服务器保有数据时，只有一个持有者</translation>
    </message>
    <message>
        <source>ever end when its holder dies: the lock stays for good</source>
        <translation>在持有者死后结束：锁永远留在那里</translation>
    </message>
    <message>
        <source>SETNX, then EXPIRE as a second command</source>
        <translation>先 SETNX，再用第二条命令 EXPIRE</translation>
    </message>
    <message>
        <source>the same as set-nx as long as no client dies between the two</source>
        <translation>只要没有客户端死在两条命令之间，就与 set-nx 相同</translation>
    </message>
    <message>
        <source>ever end when its holder dies before the second command: the lock stays for good</source>
        <translation>在持有者死于第二条命令之前时结束：锁永远留在那里</translation>
    </message>
    <message>
        <source>set-nx with a TTL shorter than the work, without renewal</source>
        <translation>TTL 短于工作且不续约的 set-nx</translation>
    </message>
    <message>
        <source>nothing beyond the lease</source>
        <translation>租约之外没有任何保证</translation>
    </message>
    <message>
        <source>protect the end of the work: the next holder is in by then</source>
        <translation>保护工作的末尾：那时下一个持有者已经进来</translation>
    </message>
    <message>
        <source>%1: &apos;%2&apos; is no time (250ms, 2s, 1m)</source>
        <translation>%1：“%2”不是时间（250ms、2s、1m）</translation>
    </message>
    <message>
        <source>%1: &apos;%2&apos; may not be 0</source>
        <translation>%1：“%2”不能为 0</translation>
    </message>
    <message>
        <source>%1 has no parameter &apos;%2&apos;; it has %3</source>
        <translation>%1 没有参数“%2”；可用的有 %3</translation>
    </message>
    <message>
        <source>%1: &apos;%2&apos; is no value for &apos;%3&apos;</source>
        <translation>%1：“%2”不是“%3”的有效值</translation>
    </message>
    <message>
        <source>unknown fault &apos;%1&apos;</source>
        <translation>未知的故障“%1”</translation>
    </message>
    <message>
        <source>%1 touches the server: only a sandbox is let in for it (--uri sandbox:)</source>
        <translation>%1 会触及服务器：只允许用于沙箱（--uri sandbox:）</translation>
    </message>
    <message>
        <source>%1: there are %2 servers, the first is node=0</source>
        <translation>%1：共有 %2 台服务器，第一台是 node=0</translation>
    </message>
    <message>
        <source>a server is missing</source>
        <translation>缺少服务器</translation>
    </message>
    <message>
        <source>the lab connects to masters by their own addresses; give redis://HOST:PORT</source>
        <translation>实验室按主节点自身的地址连接；请给出 redis://HOST:PORT</translation>
    </message>
    <message>
        <source>%1 locks on one server; several are for redlock</source>
        <translation>%1 在一台服务器上加锁；多台服务器用于 redlock</translation>
    </message>
    <message>
        <source>clients: 1 to 100000</source>
        <translation>clients：1 到 100000</translation>
    </message>
    <message>
        <source>keys: 1 to 1000000</source>
        <translation>keys：1 到 1000000</translation>
    </message>
    <message>
        <source>TTL: 1 ms to one day</source>
        <translation>TTL：1 毫秒到一天</translation>
    </message>
    <message>
        <source>hold: from least to most, 0 to one day</source>
        <translation>hold：从最小到最大，0 到一天</translation>
    </message>
    <message>
        <source>retry: from least to most, 1 ms to one minute</source>
        <translation>retry：从最小到最大，1 毫秒到一分钟</translation>
    </message>
    <message>
        <source>duration: up to one day</source>
        <translation>duration：最长一天</translation>
    </message>
    <message>
        <source>rate: up to 1000000 sections a second</source>
        <translation>rate：每秒最多 1000000 个临界区</translation>
    </message>
    <message>
        <source>connections: up to 10000</source>
        <translation>connections：最多 10000</translation>
    </message>
    <message>
        <source>readers: 0 to 100 percent; permits: 1 to 1000</source>
        <translation>readers：百分之 0 到 100；permits：1 到 1000</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is no time (250ms, 2s, 1m)</source>
        <translation>“%1”不是时间（250ms、2s、1m）</translation>
    </message>
    <message>
        <source>unknown fault &apos;%1&apos;; known: %2</source>
        <translation>未知的故障“%1”；已知的有：%2</translation>
    </message>
    <message>
        <source>%1: &apos;%2&apos; should be NAME=VALUE</source>
        <translation>%1：“%2”应为 NAME=VALUE</translation>
    </message>
    <message>
        <source>unknown strategy &apos;%1&apos;; known: %2</source>
        <translation>未知的策略“%1”；已知的有：%2</translation>
    </message>
    <message>
        <source>this connection is marked as production: the lab puts no load on it</source>
        <translation>此连接被标记为生产环境：实验室不对它施加负载</translation>
    </message>
    <message>
        <source>Whether keys were left behind could not be checked: %1</source>
        <translation>无法检查是否留下了键：%1</translation>
    </message>
    <message>
        <source>%1 needs a proxy that has stood from the start</source>
        <translation>%1 需要从一开始就有代理</translation>
    </message>
    <message>
        <source>a comparison needs two strategies or more</source>
        <translation>比较需要两种或更多策略</translation>
    </message>
    <message>
        <source>a comparison needs each strategy once</source>
        <translation>比较中每种策略只能出现一次</translation>
    </message>
    <message>
        <source>repeats: 1 to 100</source>
        <translation>重复次数：1 到 100</translation>
    </message>
    <message>
        <source>lets a master&apos;s replica fall behind, kills the master, and promotes the replica (for: 50ms, how far it is behind)</source>
        <translation>让主节点的副本落后，杀死主节点，再提升副本（for：50ms，落后多少）</translation>
    </message>
    <message>
        <source>the replica did not get in step with its master</source>
        <translation>副本没有与主节点同步</translation>
    </message>
    <message>
        <source>Faults were fired by hand: the seed alone does not make this run again.</source>
        <translation>有手动触发的故障：仅凭种子不能重现这次运行。</translation>
    </message>
    <message>
        <source>this fault disturbs a link of its own, and none goes through ssh</source>
        <translation>此故障作用于它自己的连接，而这样的连接不经过 ssh</translation>
    </message>
</context>
<context>
    <name>lockscope::StressLab</name>
    <message>
        <source>Overlap</source>
        <translation>重叠</translation>
    </message>
    <message>
        <source>Lost update</source>
        <translation>更新丢失</translation>
    </message>
    <message>
        <source>Stale write</source>
        <translation>过期写入</translation>
    </message>
    <message>
        <source>Another&apos;s lock deleted</source>
        <translation>删除了他人的锁</translation>
    </message>
    <message>
        <source>Another&apos;s lock renewed</source>
        <translation>续了他人的锁</translation>
    </message>
    <message>
        <source>Fencing token went back</source>
        <translation>防护令牌倒退</translation>
    </message>
    <message>
        <source>Orphan</source>
        <translation>孤儿锁</translation>
    </message>
    <message>
        <source>Not linearizable</source>
        <translation>不可线性化</translation>
    </message>
    <message>
        <source>Both clients were inside critical sections that exclude each other.</source>
        <translation>两个客户端同时处于互斥的临界区内。</translation>
    </message>
    <message>
        <source>The second client&apos;s write undid one that it had not read.</source>
        <translation>第二个客户端的写入覆盖了它没有读到的写入。</translation>
    </message>
    <message>
        <source>A holder of the past wrote after a newer one, and nothing stopped it.</source>
        <translation>过去的持有者在新持有者之后写入，而没有被阻止。</translation>
    </message>
    <message>
        <source>The second client deleted the lock that the first one held.</source>
        <translation>第二个客户端删除了第一个客户端持有的锁。</translation>
    </message>
    <message>
        <source>The second client prolonged a lock that was not its own any more.</source>
        <translation>第二个客户端延长了已不属于它的锁。</translation>
    </message>
    <message>
        <source>A fencing token came that is not larger than one given before.</source>
        <translation>出现了不大于此前的防护令牌。</translation>
    </message>
    <message>
        <source>A lock without a holder did not end with its lease.</source>
        <translation>没有持有者的锁没有随租约结束。</translation>
    </message>
    <message>
        <source>No order of the operations explains the answers of the lock service.</source>
        <translation>没有任何操作顺序能解释锁服务的应答。</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Refusal ignored</source>
        <translation>忽略拒绝</translation>
    </message>
    <message>
        <source>Lease too short</source>
        <translation>租约太短</translation>
    </message>
    <message>
        <source>Client paused</source>
        <translation>客户端停顿</translation>
    </message>
    <message>
        <source>Clock jumped</source>
        <translation>时钟跳变</translation>
    </message>
    <message>
        <source>Deleted by another</source>
        <translation>被他人删除</translation>
    </message>
    <message>
        <source>Renewed for another</source>
        <translation>为他人续租</translation>
    </message>
    <message>
        <source>Server lost data</source>
        <translation>服务器丢失数据</translation>
    </message>
    <message>
        <source>No lease</source>
        <translation>没有租约</translation>
    </message>
    <message>
        <source>Granted twice</source>
        <translation>授予了两次</translation>
    </message>
    <message>
        <source>The run does not know why.</source>
        <translation>本次运行不知道原因。</translation>
    </message>
    <message>
        <source>The server had said no, and the client went on.</source>
        <translation>服务器拒绝了，客户端仍然继续。</translation>
    </message>
    <message>
        <source>The work took longer than the lease.</source>
        <translation>工作时间超过了租约。</translation>
    </message>
    <message>
        <source>The client stood still past the end of its lease.</source>
        <translation>客户端停顿，超过了租约的结束。</translation>
    </message>
    <message>
        <source>The client trusted a clock that had jumped.</source>
        <translation>客户端相信了跳变的时钟。</translation>
    </message>
    <message>
        <source>A deletion that compared no token had ended the lock before.</source>
        <translation>此前一次没有比较令牌的删除结束了锁。</translation>
    </message>
    <message>
        <source>A renewal that compared no token kept the wrong lock alive.</source>
        <translation>没有比较令牌的续租维持了错误的锁。</translation>
    </message>
    <message>
        <source>The server restarted empty, or a replica without the lock took over from it.</source>
        <translation>服务器重启后为空，或由没有该锁的副本接替。</translation>
    </message>
    <message>
        <source>The lock was taken without a TTL: nothing ends it.</source>
        <translation>加锁时没有 TTL：没有什么能结束它。</translation>
    </message>
    <message>
        <source>The lock service gave the lock to both.</source>
        <translation>锁服务把锁给了双方。</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 µs</source>
        <translation>%1 µs</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>%1 M</source>
        <translation>%1 M</translation>
    </message>
    <message>
        <source>%1 k</source>
        <translation>%1 k</translation>
    </message>
    <message numerus="yes">
        <source>%Ln overlaps</source>
        <translation>
            <numerusform>%Ln 次重叠</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln lost updates</source>
        <translation>
            <numerusform>%Ln 次更新丢失</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln stale writes</source>
        <translation>
            <numerusform>%Ln 次过期写入</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln deletions of another&apos;s lock</source>
        <translation>
            <numerusform>%Ln 次删除他人的锁</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln renewals of another&apos;s lock</source>
        <translation>
            <numerusform>%Ln 次续他人的锁</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln fencing tokens that went back</source>
        <translation>
            <numerusform>%Ln 个倒退的防护令牌</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln orphans</source>
        <translation>
            <numerusform>%Ln 个孤儿锁</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::StressLabWindow</name>
    <message>
        <source>&amp;Start</source>
        <translation>开始(&amp;S)</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>停止(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>导出(&amp;E)</translation>
    </message>
    <message>
        <source>Stress lab</source>
        <translation>压力实验室</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>运行(&amp;R)</translation>
    </message>
    <message>
        <source>Co&amp;mpare</source>
        <translation>比较(&amp;M)</translation>
    </message>
    <message>
        <source>What the run is told</source>
        <translation>运行的设置</translation>
    </message>
    <message>
        <source>Progress of the run</source>
        <translation>运行的进度</translation>
    </message>
    <message>
        <source>Start the run (Ctrl+Enter)</source>
        <translation>开始运行（Ctrl+Enter）</translation>
    </message>
    <message>
        <source>End the load at once, undo every fault, and remove the keys (Ctrl+.)</source>
        <translation>立即结束负载，撤销所有故障，删除键（Ctrl+.）</translation>
    </message>
    <message>
        <source>Report for people (&amp;HTML)…</source>
        <translation>给人看的报告（&amp;HTML）…</translation>
    </message>
    <message>
        <source>Everything for programs (&amp;JSON)…</source>
        <translation>给程序的全部数据（&amp;JSON）…</translation>
    </message>
    <message>
        <source>Export the report</source>
        <translation>导出报告</translation>
    </message>
    <message>
        <source>HTML (*.html)</source>
        <translation>HTML (*.html)</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>The report was written.</source>
        <translation>报告已写出。</translation>
    </message>
</context>
<context>
    <name>lockscope::Suspicions</name>
    <message>
        <source>It was renewed every %1 and has stopped: the last renewal came %2 ago, renewals missing: %3. It ends by itself unless it is renewed again.</source>
        <translation>它原本每 %1 续期一次，现已停止：上次续期在 %2前，缺少 %3 次。若不再续期，它会自行结束。</translation>
    </message>
    <message>
        <source>Held for %1. Of %2 holds seen of %3, 99 in 100 were over within %4.</source>
        <translation>已持有 %1。在见过的 %2 次 %3 持有中，百分之九十九在 %4 内结束。</translation>
    </message>
    <message>
        <source>Its token names the connection %1 (%2), which the server listed last %3 ago and does not list any more.</source>
        <translation>其令牌指明连接 %1（%2），服务器最后在 %3前列出过它，现已不再列出。</translation>
    </message>
    <message>
        <source>Yet it was renewed %1 ago: something renews it, perhaps on another connection.</source>
        <translation>但它在 %1前被续期：有什么在续期它，也许在另一个连接上。</translation>
    </message>
    <message>
        <source>A program that reconnects under another name would look the same.</source>
        <translation>以其他名称重新连接的程序看起来也是如此。</translation>
    </message>
    <message>
        <source>It has no TTL: if its holder is dead, it stays for ever. Held for at least %1.</source>
        <translation>没有 TTL：若持有者已死，它会永远存在。至少已持有 %1。</translation>
    </message>
    <message>
        <source>It has no TTL: if its holder is dead, it stays for ever. Held for %1.</source>
        <translation>没有 TTL：若持有者已死，它会永远存在。已持有 %1。</translation>
    </message>
    <message>
        <source>no renewal was seen</source>
        <translation>未见续期</translation>
    </message>
    <message>
        <source>renewed, last beat %1 ago; too few for a rhythm</source>
        <translation>有续期，上次在 %1前；次数太少，无法判断节奏</translation>
    </message>
    <message>
        <source>renews every %1, last beat %2 ago</source>
        <translation>每 %1 续期，上次在 %2前</translation>
    </message>
    <message>
        <source>, %1 missed</source>
        <translation>，缺 %1 次</translation>
    </message>
</context>
<context>
    <name>lockscope::TargetCard</name>
    <message>
        <source>Released</source>
        <translation>已释放</translation>
    </message>
    <message>
        <source>Already gone</source>
        <translation>已不存在</translation>
    </message>
    <message>
        <source>Holder changed</source>
        <translation>持有者变更</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>已被拒绝</translation>
    </message>
    <message>
        <source>Outcome unknown</source>
        <translation>结果未知</translation>
    </message>
    <message>
        <source>Release the new holder instead</source>
        <translation>改为释放新的持有者</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>再次查看</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Holder token</source>
        <translation>持有者令牌</translation>
    </message>
    <message>
        <source>fingerprint %1</source>
        <translation>指纹 %1</translation>
    </message>
    <message>
        <source>The value is no token; it can only be released whatever holds it.</source>
        <translation>该值不是令牌；只能不论由谁持有都释放。</translation>
    </message>
    <message>
        <source>Key:</source>
        <translation>键：</translation>
    </message>
    <message>
        <source>Holder, as seen:</source>
        <translation>看到的持有者：</translation>
    </message>
    <message>
        <source>Owner:</source>
        <translation>所有者：</translation>
    </message>
    <message>
        <source>Held for:</source>
        <translation>已持有：</translation>
    </message>
    <message>
        <source>Remaining:</source>
        <translation>剩余时间：</translation>
    </message>
    <message>
        <source>%1; renewals seen: %2</source>
        <translation>%1；看到的续期次数：%2</translation>
    </message>
    <message>
        <source>Looking</source>
        <translation>正在查看</translation>
    </message>
    <message>
        <source>Asking the server who holds it now…</source>
        <translation>正在询问服务器现在由谁持有…</translation>
    </message>
    <message>
        <source>As you saw it</source>
        <translation>与您所见一致</translation>
    </message>
    <message>
        <source>Still held with this token.</source>
        <translation>仍由此令牌持有。</translation>
    </message>
    <message>
        <source>The new holder will be released: %1</source>
        <translation>将释放新的持有者：%1</translation>
    </message>
    <message>
        <source>Held by %1 now; it will be released whatever holds it.</source>
        <translation>现由 %1 持有；不论由谁持有都将释放。</translation>
    </message>
    <message>
        <source>The holder changed since you looked: %1. It is not released unless you choose so.</source>
        <translation>您查看之后持有者已变更：%1。除非您选择释放，否则不会释放它。</translation>
    </message>
    <message>
        <source>Gone</source>
        <translation>已消失</translation>
    </message>
    <message>
        <source>The key is gone since you looked; there is nothing to release.</source>
        <translation>您查看之后键已消失；没有可释放的锁。</translation>
    </message>
    <message>
        <source>Not read</source>
        <translation>未读取</translation>
    </message>
    <message>
        <source>It could not be read, so it is not released: %1</source>
        <translation>无法读取，因此不释放：%1</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Nothing to do</source>
        <translation>无需操作</translation>
    </message>
    <message>
        <source>Not sent</source>
        <translation>未发送</translation>
    </message>
    <message>
        <source>Only this holder:</source>
        <translation>仅此持有者：</translation>
    </message>
    <message>
        <source>Which of the holders</source>
        <translation>哪一个持有者</translation>
    </message>
    <message>
        <source>What has changed</source>
        <translation>变化内容</translation>
    </message>
    <message>
        <source>It has lost its TTL since you looked: it will never end by itself.</source>
        <translation>自您查看后它失去了 TTL：它不会自行结束。</translation>
    </message>
    <message>
        <source>It has got a TTL since you looked: it ends by itself.</source>
        <translation>自您查看后它有了 TTL：它会自行结束。</translation>
    </message>
    <message>
        <source>It was renewed since you looked: its holder, or something that renews for it, is alive.</source>
        <translation>自您查看后它被续期：其持有者或代为续期者仍存活。</translation>
    </message>
    <message>
        <source>%1:</source>
        <translation>%1：</translation>
    </message>
    <message>
        <source>Masters</source>
        <translation>主节点</translation>
    </message>
</context>
<context>
    <name>lockscope::ValueViewer</name>
    <message>
        <source>Value of %1</source>
        <translation>%1 的值</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Type and size</source>
        <translation>类型与大小</translation>
    </message>
    <message>
        <source>Value as text</source>
        <translation>文本形式的值</translation>
    </message>
    <message>
        <source>Value in hexadecimal digits</source>
        <translation>十六进制的值</translation>
    </message>
    <message>
        <source>&amp;Text</source>
        <translation>文本(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Hexadecimal</source>
        <translation>十六进制(&amp;H)</translation>
    </message>
    <message>
        <source>Elements</source>
        <translation>元素</translation>
    </message>
    <message>
        <source>Shown part</source>
        <translation>显示的部分</translation>
    </message>
    <message>
        <source>&amp;Fetch the first part</source>
        <translation>获取第一部分(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>上一页(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;More</source>
        <translation>下一页(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>复制(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Read again</source>
        <translation>重新读取(&amp;R)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>The part before this one</source>
        <translation>前一部分</translation>
    </message>
    <message>
        <source>The part after this one</source>
        <translation>后一部分</translation>
    </message>
    <message>
        <source>Copy the shown part, or the selected elements</source>
        <translation>复制显示的部分或所选元素</translation>
    </message>
    <message>
        <source>Asking for its size…</source>
        <translation>正在询问大小…</translation>
    </message>
    <message>
        <source>Values of this type cannot be shown here.</source>
        <translation>此类型的值无法在此显示。</translation>
    </message>
    <message>
        <source>There is no such key.</source>
        <translation>没有这个键。</translation>
    </message>
    <message>
        <source>The server does not tell how large it is. Nothing was fetched.</source>
        <translation>服务器没有说明它有多大。未获取任何内容。</translation>
    </message>
    <message>
        <source>This is large: %1. Nothing was fetched.</source>
        <translation>此值很大：%1。未获取任何内容。</translation>
    </message>
    <message>
        <source>Index</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>Element</source>
        <translation>元素</translation>
    </message>
    <message>
        <source>Member</source>
        <translation>成员</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>分值</translation>
    </message>
    <message>
        <source>Longer parts of elements than %1 are left out.</source>
        <translation>元素中超过 %1 的部分已省略。</translation>
    </message>
    <message>
        <source>%1, %2 bytes</source>
        <translation>%1，%2 字节</translation>
    </message>
    <message>
        <source>%1, elements: %2</source>
        <translation>%1，元素：%2</translation>
    </message>
    <message>
        <source>%1 of the server&apos;s memory</source>
        <translation>占服务器内存 %1</translation>
    </message>
    <message>
        <source>no TTL</source>
        <translation>无 TTL</translation>
    </message>
    <message>
        <source>TTL %1</source>
        <translation>TTL %1</translation>
    </message>
    <message>
        <source>Bytes %1 to %2 of %3</source>
        <translation>第 %1 至 %2 字节，共 %3</translation>
    </message>
    <message>
        <source>%1 of %2 elements</source>
        <translation>%1 / %2 个元素</translation>
    </message>
</context>
<context>
    <name>lockscope::ViewsMenu</name>
    <message>
        <source>Saved &amp;views</source>
        <translation>已保存的视图(&amp;V)</translation>
    </message>
    <message>
        <source>No filter</source>
        <translation>无筛选</translation>
    </message>
    <message>
        <source>&amp;Manage views…</source>
        <translation>管理视图(&amp;M)…</translation>
    </message>
    <message>
        <source>Rename and delete saved views</source>
        <translation>重命名和删除已保存的视图</translation>
    </message>
    <message>
        <source>Save view</source>
        <translation>保存视图</translation>
    </message>
    <message>
        <source>&amp;Name for this filter, order and choice of columns:</source>
        <translation>此筛选、排序和列选择的名称(&amp;N)：</translation>
    </message>
    <message>
        <source>Replaces the view of this name.</source>
        <translation>将替换同名视图。</translation>
    </message>
    <message>
        <source>There are too many saved views; delete one first.</source>
        <translation>已保存的视图过多，请先删除一个。</translation>
    </message>
    <message>
        <source>This name belongs to a built-in view.</source>
        <translation>此名称属于内置视图。</translation>
    </message>
    <message>
        <source>Saved views</source>
        <translation>已保存的视图</translation>
    </message>
    <message>
        <source>&amp;Rename</source>
        <translation>重命名(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>删除(&amp;D)</translation>
    </message>
    <message>
        <source>Give the selected view another name (F2)</source>
        <translation>为所选视图改名 (F2)</translation>
    </message>
    <message>
        <source>Forget the selected view</source>
        <translation>删除所选视图</translation>
    </message>
</context>
<context>
    <name>lockscope::ViolationDetails</name>
    <message>
        <source>The chosen violation</source>
        <translation>选中的破坏</translation>
    </message>
    <message>
        <source>Client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>Asked</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>Entered</source>
        <translation>进入</translation>
    </message>
    <message>
        <source>Lease ended</source>
        <translation>租约结束</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>离开</translation>
    </message>
    <message>
        <source>%1, section %2</source>
        <translation>%1，第 %2 个临界区</translation>
    </message>
    <message>
        <source>nobody</source>
        <translation>无</translation>
    </message>
    <message>
        <source>never</source>
        <translation>永不</translation>
    </message>
    <message>
        <source>Choose a violation to see it on the lanes.</source>
        <translation>选择一个破坏，在泳道上查看。</translation>
    </message>
    <message>
        <source>Cause: %1</source>
        <translation>原因：%1</translation>
    </message>
    <message>
        <source>Client %1 had deleted it.</source>
        <translation>客户端 %1 删除了它。</translation>
    </message>
    <message>
        <source>It lasted %1.</source>
        <translation>持续了 %1。</translation>
    </message>
</context>
<context>
    <name>lockscope::ViolationModel</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Violation</source>
        <translation>破坏</translation>
    </message>
    <message>
        <source>Cause</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
</context>
<context>
    <name>lockscope::Waiters</name>
    <message>
        <source>Waiters ask again and again; only one waiting writer leaves its mark in the key NAME.writer.</source>
        <translation>等待者反复询问；只有一个等待中的写入者会在键 NAME.writer 中留下标记。</translation>
    </message>
    <message>
        <source>Waiters ask again and again: nothing of them is stored.</source>
        <translation>等待者反复询问：不存储它们的任何信息。</translation>
    </message>
    <message>
        <source>Nobody waits: the same task is refused while the key is there.</source>
        <translation>无人等待：键存在期间，相同的任务会被拒绝。</translation>
    </message>
    <message>
        <source>Jobs wait in their queue, not for this lock.</source>
        <translation>作业在队列中等待，而不是等待这把锁。</translation>
    </message>
    <message>
        <source>Waiters block on the signal list: the server does not tell on which list a client blocks.</source>
        <translation>等待者阻塞在信号列表上：服务器不会说明客户端阻塞在哪个列表上。</translation>
    </message>
    <message>
        <source>Waiters are told by client-side caching: the server does not tell of which key.</source>
        <translation>等待者通过客户端缓存得到通知：服务器不会说明是哪个键。</translation>
    </message>
    <message>
        <source>Nobody waits: a job whose lock is taken is not run this time.</source>
        <translation>无人等待：锁被占用的作业本次不运行。</translation>
    </message>
    <message>
        <source>Waiting programs subscribe to all channels of a registry by one pattern, or ask again and again: they cannot be counted for one lock.</source>
        <translation>等待的程序用一个模式订阅注册表的所有频道，或者反复询问：无法按单个锁计数。</translation>
    </message>
    <message>
        <source>Jobs of version 8 wait in BLMOVE: CLIENT LIST shows such clients, but not for which key; version 9 stores nothing of them.</source>
        <translation>版本 8 的任务在 BLMOVE 中等待：CLIENT LIST 会显示这些客户端，但不显示键；版本 9 不存储它们的任何信息。</translation>
    </message>
    <message>
        <source>The declaration of this family names no queue and no channel.</source>
        <translation>此家族的声明没有写明队列和频道。</translation>
    </message>
</context>
</TS>
