//! What a personal access token may do.

use std::{collections::BTreeSet, fmt};

/// One thing that a token may do. No scope reaches the account itself: its password, its sessions and its tokens are
/// for who signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Reading and writing conversations, and chatting with the stored keys.
    Chat,
    /// Listing the stored keys, never their secrets.
    KeysRead,
    /// Adding, changing, testing and deleting keys.
    KeysWrite,
    /// Reading tokens used and money spent.
    UsageRead,
}

impl Scope {
    /// All scopes, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Chat, Self::KeysRead, Self::KeysWrite, Self::UsageRead];

    /// The scope's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::KeysRead => "keys:read",
            Self::KeysWrite => "keys:write",
            Self::UsageRead => "usage:read",
        }
    }

    /// The scope with this name.
    ///
    /// # Errors
    /// [`InvalidScope`] for any other name.
    pub fn parse(name: &str) -> Result<Self, InvalidScope> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == name)
            .ok_or(InvalidScope)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a token may do: at least one scope, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// These scopes.
    ///
    /// # Errors
    /// [`NoScope`] when there is none: such a token could do nothing.
    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Result<Self, NoScope> {
        let scopes: BTreeSet<Scope> = scopes.into_iter().collect();
        if scopes.is_empty() {
            return Err(NoScope);
        }
        Ok(Self(scopes))
    }

    /// The scopes in the form that [`Display`](fmt::Display) writes; `None` for any other text.
    pub fn from_stored(text: &str) -> Option<Self> {
        let scopes: Result<Vec<Scope>, _> = text.split(' ').map(Scope::parse).collect();
        Self::of(scopes.ok()?).ok()
    }

    /// Whether `scope` is among them.
    pub fn allow(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// The scopes, in the order in which they are shown.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

/// The names, with a space between two.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, scope) in self.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

/// There is no such scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of chat, keys:read, keys:write, usage:read")]
pub struct InvalidScope;

/// A token must be able to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must name at least one scope")]
pub struct NoScope;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scope_has_its_name() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.as_str()), Ok(scope));
            assert!(InvalidScope.to_string().contains(scope.as_str()));
        }
        for name in ["", "Chat", "chat ", "chat:write", "keys", "*", "admin"] {
            assert_eq!(Scope::parse(name), Err(InvalidScope), "{name}");
        }
    }

    #[test]
    fn scopes_come_back_as_they_were_stored() {
        for number in 1..16_u32 {
            let chosen = Scope::ALL
                .into_iter()
                .enumerate()
                .filter(|(at, _)| number & (1 << at) != 0)
                .map(|(_, scope)| scope);
            let scopes = Scopes::of(chosen).unwrap();
            assert_eq!(Scopes::from_stored(&scopes.to_string()), Some(scopes));
        }
    }

    #[test]
    fn a_token_may_do_what_was_chosen_and_nothing_else() {
        let scopes = Scopes::of([Scope::KeysRead, Scope::Chat, Scope::Chat]).unwrap();
        assert_eq!(scopes.to_string(), "chat keys:read");
        assert!(scopes.allow(Scope::Chat) && scopes.allow(Scope::KeysRead));
        assert!(!scopes.allow(Scope::KeysWrite) && !scopes.allow(Scope::UsageRead));
    }

    #[test]
    fn no_scope_is_no_choice() {
        assert_eq!(Scopes::of([]), Err(NoScope));
        for text in ["", " ", "chat  keys:read", "chat,keys:read", "chat root"] {
            assert_eq!(Scopes::from_stored(text), None, "{text:?}");
        }
    }
}
