// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/familyfile.h"

namespace lockscope {

// Each line that begins with "#" and no blank is an example: taking the "#" away makes it work (a test does).
QByteArray familyFileTemplate()
{
    return R"(# Lock families of your own, for Lockscope. A # at the beginning of a line makes a comment.
# Lockscope reads this file again whenever it changes. What each key means: docs/families-file.md.

# A lock in a string, the token is its value. <order> takes what stands there in the name of the key.

#[family billing]
#about = Billing's own mutex (Perl)
#key = billing:<order>:lock
#type = string
#token = /[a-z0-9.-]+:\d+:[0-9a-f]{16}/
#ttl = required
#owner = ^(?<host>[^:]+):(?<pid>\d+):
#channel = billing:<order>:wake
#message = free
#fence = billing:<order>:fence
#auxiliary = billing:<order>:info

# A hash: one field names the holder, another one counts how often it has entered.

#[family importer]
#key = importer:<name>
#type = hash
#holder = field owner
#count = field depth
#token = uuid
#queue = importer:<name>:queue
#wake-list = importer:<name>:signal
#wake-value = go
#wake-ttl = 1000

# A semaphore: the members of a sorted set hold permits until the time in their scores.

#[family crawler]
#key = crawl:*:slots
#type = zset
#mode = semaphore
#deadline = score-ms

# Who holds a lock, told from tokens of families that Lockscope knows already.

#[owner workers]
#families = plain, redsync
#pattern = ^(?<host>[a-z0-9-]+)/(?<pid>\d+)/(?<job>\w+)/(?<time_ms>\d{13})$
)";
}

} // namespace lockscope
