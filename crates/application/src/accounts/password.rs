//! Passwords of accounts: given again, changed, reset.

use latchkey_domain::{
    audit::AuditAction,
    id::UserId,
    personal_token::TokenFate,
    rate_limit::LimitName,
    secret::SecretText,
    session::SignedIn,
    user::{Email, InvalidPassword, Password, PasswordChange, PasswordHash, ResetCodeHash, User},
};

use super::{Accounts, AccountsError, SignedInTokens, guesses::FailureCount};
use crate::{ClientAddress, limits};

impl Accounts {
    /// Takes the password again, which for five minutes allows what asks for it.
    ///
    /// # Errors
    /// [`AccountsError::BadCredentials`] for a wrong one; [`AccountsError::LimitReached`] after too many of them.
    pub async fn reauthenticate(
        &self,
        by: &SignedIn,
        password: SecretText,
    ) -> Result<(), AccountsError> {
        let counts = [FailureCount {
            limit: LimitName::LoginFailuresPerAccount,
            subject: limits::user(by.user.id),
        }];
        let check = async {
            let right = self.is_password_of(Some(&by.user), &password).await?;
            Ok(right.then_some(()))
        };
        self.count_if_wrong(&counts, check)
            .await?
            .ok_or(AccountsError::BadCredentials)?;
        self.ensure_guesses_left(&counts).await?;
        self.mark_stepped_up(by).await
    }

    async fn mark_stepped_up(&self, by: &SignedIn) -> Result<(), AccountsError> {
        let now = self.ports.clock.now();
        let sessions = &self.ports.sessions;
        if sessions.mark_authenticated(by.session.id, now).await? {
            Ok(())
        } else {
            Err(AccountsError::NotSignedIn)
        }
    }

    /// Refuses what asks for the password unless it was given within the last five minutes.
    pub(super) fn ensure_stepped_up(&self, by: &SignedIn) -> Result<(), AccountsError> {
        if by.session.is_stepped_up(self.ports.clock.now()) {
            Ok(())
        } else {
            Err(AccountsError::StepUpRequired)
        }
    }

    /// Changes the person's password. This session stays and gets a new access token; all others, and all access
    /// tokens given before, end. Personal access tokens go on or are deleted, as `tokens` says.
    ///
    /// # Errors
    /// [`AccountsError::StepUpRequired`], [`AccountsError::InvalidPassword`], [`AccountsError::WeakPassword`].
    pub async fn change_password(
        &self,
        by: &SignedIn,
        new: SecretText,
        tokens: TokenFate,
    ) -> Result<SignedInTokens, AccountsError> {
        self.ensure_stepped_up(by)?;
        let User { id, ref email, .. } = by.user;
        let hash = self
            .hash_chosen_password(&new, email, by.user.name.as_deref())
            .await?;
        let change = PasswordChange {
            user: id,
            hash,
            keep_session: Some(by.session.id),
            tokens,
            at: self.ports.clock.now(),
        };
        let version = self.ports.users.change_password(&change).await?;
        version.ok_or(AccountsError::NotSignedIn)?;
        self.ports
            .audit(Some(id), id, AuditAction::PasswordChanged, id)
            .await;
        // Read anew: the tokens must carry the new version, and a refresh may have run beside this.
        let found = self.ports.sessions.find_session(by.session.id).await?;
        self.tokens_of(found.ok_or(AccountsError::NotSignedIn)?)
    }

    /// Sets a new password with a one-time code of the operator's, and ends all sessions of the account. Its
    /// personal access tokens go on or are deleted, as `tokens` says.
    ///
    /// # Errors
    /// [`AccountsError::InvalidResetCode`] for a code that is unknown, used or expired,
    /// [`AccountsError::LimitReached`] after too many of them; [`AccountsError::InvalidPassword`] and
    /// [`AccountsError::WeakPassword`], which don't use the code up.
    pub async fn reset_password(
        &self,
        code: SecretText,
        new: SecretText,
        tokens: TokenFate,
        address: ClientAddress,
    ) -> Result<(), AccountsError> {
        let count = FailureCount {
            limit: LimitName::LoginFailuresPerAddress,
            subject: limits::address(&address),
        };
        let user = self
            .count_if_wrong(&[count], self.redeem(&code, &new, tokens))
            .await?
            .ok_or(AccountsError::InvalidResetCode)?;
        self.ports
            .audit(Some(user), user, AuditAction::PasswordReset, user)
            .await;
        Ok(())
    }

    /// The account whose password the code has reset; `None` if the code isn't good.
    async fn redeem(
        &self,
        code: &SecretText,
        new: &SecretText,
        tokens: TokenFate,
    ) -> Result<Option<UserId>, AccountsError> {
        let Some(code) = self.ports.reset_codes.hash(code.expose()) else {
            return Ok(None);
        };
        let Some(user) = self.account_of_code(code).await? else {
            return Ok(None);
        };
        let hash = self
            .hash_chosen_password(new, &user.email, user.name.as_deref())
            .await?;
        let now = self.ports.clock.now();
        let users = &self.ports.users;
        Ok(users.redeem_reset_code(code, &hash, tokens, now).await?)
    }

    async fn account_of_code(&self, code: ResetCodeHash) -> Result<Option<User>, AccountsError> {
        let users = &self.ports.users;
        match users.find_reset_code(code, self.ports.clock.now()).await? {
            Some(user) => Ok(users.find_user(user).await?),
            None => Ok(None),
        }
    }

    /// Whether a new password has a length that the operator allows.
    ///
    /// # Errors
    /// [`InvalidPassword`] when it is too short or too long.
    pub fn check_password_length(&self, chosen: &SecretText) -> Result<(), InvalidPassword> {
        Password::choose(chosen, self.policy.min_password_chars).map(drop)
    }

    /// The hash of a password that somebody with this address and name chose, if it is long enough and hard to guess.
    pub(super) async fn hash_chosen_password(
        &self,
        chosen: &SecretText,
        email: &Email,
        name: Option<&str>,
    ) -> Result<PasswordHash, AccountsError> {
        let password = Password::choose(chosen, self.policy.min_password_chars)?;
        let personal = personal_words(email, name);
        self.ports.strength.judge(&password, &personal)?;
        Ok(self.ports.hasher.hash(password).await?)
    }
}

/// What somebody who knows the person tries first: the address, its parts, the name and its parts.
fn personal_words(email: &Email, name: Option<&str>) -> Vec<String> {
    let texts = [email.as_str(), email.local_part()].into_iter().chain(name);
    let mut words: Vec<String> = texts
        .flat_map(|text| std::iter::once(text).chain(text.split(|c: char| !c.is_alphanumeric())))
        .filter(|word| says_something(word))
        .map(str::to_lowercase)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// A word of one or two characters stands in every other password.
fn says_something(word: &str) -> bool {
    word.chars().nth(2).is_some()
}
